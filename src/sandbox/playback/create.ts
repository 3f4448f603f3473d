import type { Call } from '../http/call.ts'
import type { Caller } from '../music/caller.ts'
import {
  object,
  oneOf,
  optionalInteger,
  optionalObject,
  readJson,
  type JsonObject,
} from '../music/json-body.ts'
import { badRequest } from '../music/music-error.ts'
import type { MusicWorld } from '../music/music-world.ts'
import { openSession } from './open-session.ts'
import { queueEntity } from './queue-entity.ts'
import { playEntities, seedOf, type Seed } from './seed.ts'
import type { Session } from './sessions.ts'

/** No page names the default. */
const USUAL_WINDOW = 5
const MAX_WINDOW = 10

/**
 * `POST /v1/playback/sessions`, Create New Session (API playback): `playParams`, `playbackOptions`, `limit`.
 * `takeOverType: "AUTO"` takes over a stream; its place in the body is inferred. Returns `limit` entities:
 * the current one and the next ones.
 */
export function createSession(music: MusicWorld, caller: Caller, call: Call): unknown {
  const body = readJson(call)
  const { item, containers } = playEntities(object(body['playParams'], 'playParams'), music.catalog, caller)
  const options = optionalObject(body, 'playbackOptions')
  const shuffle = oneOf(options, 'shuffleMode', ['SHUFFLE_ON', 'SHUFFLE_OFF']) === 'SHUFFLE_ON'
  const loop = oneOf(options, 'loopMode', ['LOOP_ON', 'LOOP_OFF']) === 'LOOP_ON'
  const continuation = oneOf(options, 'playbackContinuationMode', ['AUTOPLAY_ON', 'AUTOPLAY_OFF'])
  const limit = optionalInteger(body, 'limit', 1, MAX_WINDOW) ?? USUAL_WINDOW
  const takeOver = readTakeOver(body)
  const plain = seedOf(item, containers, music.catalog)
  const seed = readStartAsStation(options) ? asStation(plain, music) : plain
  music.streams.admit(caller.account, caller.deviceId, takeOver)
  const modes = { shuffle, loop: loop && seed.station === null, autoplay: continuation === 'AUTOPLAY_ON' }
  return window(music, caller, openSession(music, caller, seed, modes), limit)
}

/** The current entity and the next `limit - 1`, in the shape of the condition `createShape`. */
export function window(music: MusicWorld, caller: Caller, session: Session, limit: number): unknown {
  const { current } = session.queue
  const entries = [current, ...session.queue.ahead(limit - 1)]
  const entities = entries.map((entry) => queueEntity(music, caller, session, entry))
  return music.conditions.createShape === 'playback' ? { playback: { entities } } : { entities }
}

export function readTakeOver(body: JsonObject): boolean {
  return oneOf(body, 'takeOverType', ['AUTO']) === 'AUTO'
}

function readStartAsStation(options: JsonObject): boolean {
  const value = options['startAsStation'] ?? false
  if (typeof value !== 'boolean') throw badRequest('playbackOptions.startAsStation must be a boolean')
  return value
}

/** A station that starts with the requested track and continues with similar ones. */
function asStation(seed: Seed, music: MusicWorld): Seed {
  if (seed.station !== null) return seed
  const first = seed.context[seed.startIndex ?? 0]
  if (first?.kind !== 'track') throw badRequest('playbackOptions.startAsStation needs a track')
  const alike = music.catalog.tracks.filter(({ artist }) => artist.genre === first.artist.genre)
  return { context: [first], startIndex: 0, station: alike, isDj: false }
}
