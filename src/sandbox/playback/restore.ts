import type { Call } from '../http/call.ts'
import type { Caller } from '../music/caller.ts'
import { readJson } from '../music/json-body.ts'
import type { MusicWorld } from '../music/music-world.ts'
import { readTakeOver, window } from './create.ts'
import { dealIds } from './open-session.ts'
import type { Session } from './sessions.ts'

const WINDOW = 5

/**
 * `POST …/sessions/{sessionId}/restore`, Restore Playback Session: a lapsed session continues where it was.
 * Returns the same as Create. Assigns new entity references and metric ids, because clients must not rely on
 * the old ones (API playback, V2, on 206); reports with old metric ids are still accepted. The body may be
 * absent.
 */
export function restoreSession(music: MusicWorld, caller: Caller, call: Call): unknown {
  const takeOver = call.body.length > 0 && readTakeOver(readJson(call))
  music.streams.admit(caller.account, caller.deviceId, takeOver)
  return window(music, caller, bringBack(music, caller, call.param('sessionId')), WINDOW)
}

/** Restores the session and assigns new ids to its entries. */
export function bringBack(music: MusicWorld, { account }: Caller, sessionId: string): Session {
  const newId = music.conditions.restoreId === 'new' ? music.draw.uuid() : null
  const session = music.sessions.restore(sessionId, account, newId)
  for (const entry of session.queue.all()) Object.assign(entry, dealIds(music, session.id, entry.playable))
  return session
}

/** A result sent with status 206: the session was restored before it was read (API playback, V2). */
export class Restored {
  readonly data: object

  constructor(data: object) {
    this.data = data
  }
}
