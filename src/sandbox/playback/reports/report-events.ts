import type { Call } from '../../http/call.ts'
import type { Caller } from '../../music/caller.ts'
import { object, readJson, type JsonObject } from '../../music/json-body.ts'
import { badRequest } from '../../music/music-error.ts'
import type { MusicWorld } from '../../music/music-world.ts'
import { readTakeOver } from '../create.ts'
import type { Entry } from '../queue.ts'
import { readReport, type PlaybackEvent } from './playback-event.ts'
import { takeReport } from './take-report.ts'
import type { Session } from '../sessions.ts'

const MAX_BATCH = 100

interface Reported {
  readonly session: Session
  readonly entry: Entry
  readonly event: PlaybackEvent
}

/** `POST /v1/playback/event`, Report Single Event: `{metricId, event}`; returns empty `data`. */
export function reportEvent(music: MusicWorld, caller: Caller, call: Call): unknown {
  const body = readJson(call)
  const { session, entry, event } = reported(music, caller, body)
  if (event.type === 'start') admit(music, caller, readTakeOver(body))
  takeReport(music, caller, session, entry, event)
  return {}
}

/**
 * `POST /v1/playback/events`, Report Multiple Events: `{events: [{metricId, event}, …]}`, oldest first.
 * Checks all of them before it accepts one. A start whose stop is in the same batch is past: it needs no free
 * stream.
 */
export function reportEvents(music: MusicWorld, caller: Caller, call: Call): unknown {
  const body = readJson(call)
  const events = body['events']
  if (!Array.isArray(events) || events.length === 0 || events.length > MAX_BATCH) {
    throw badRequest(`events must be an array of 1 to ${MAX_BATCH}`)
  }
  const batch = events.map((item: unknown) => reported(music, caller, object(item, 'events[]')))
  const last = batch.at(-1)
  if (last?.event.type === 'start') admit(music, caller, readTakeOver(body))
  for (const { session, entry, event } of batch) takeReport(music, caller, session, entry, event)
  return {}
}

/**
 * @throws MusicError `BAD_REQUEST` for a malformed report or a `metricId` that was never issued to this
 * account
 */
function reported(music: MusicWorld, caller: Caller, body: JsonObject): Reported {
  const { metricId, event } = readReport(body)
  const known = music.sessions.handedOut(metricId, caller.account)
  if (known === null) throw badRequest('metricId is not one that was handed out')
  return { ...known, event }
}

function admit(music: MusicWorld, caller: Caller, takeOver: boolean): void {
  music.streams.admit(caller.account, caller.deviceId, takeOver)
}
