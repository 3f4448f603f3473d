import type { JsonObject } from '../lib/decode.ts'
import type { Entity } from './entity.ts'

/** The 13 playback operations of V1 in the order of API_playback_sessions, then what the agent needs of the catalog. */
export const playbackOperations = [
  'createSession',
  'getCurrentTrack',
  'getNextTracks',
  'getPreviousTracks',
  'getPlaybackQueue',
  'getActiveSessions',
  'restoreSession',
  'queueNext',
  'queueLast',
  'setLoop',
  'setShuffle',
  'reportEvent',
  'reportEvents',
] as const
export type PlaybackOperation = (typeof playbackOperations)[number]

/** What to play: exactly the request's `playParams` (API_playback_sessions, Create New Session). */
export interface PlayParams {
  /** An MRN, such as mrn:1.0:catalog:track:asin:B000000001. */
  readonly id: string
  /** MRNs of the context: a list of tracks, or one container. */
  readonly containerIds?: readonly string[]
}

export interface PlaybackOptions {
  readonly shuffle?: boolean
  readonly loop?: boolean
  readonly startAsStation?: boolean
  readonly autoplay?: boolean
  /** Take the account's stream from the device that has it. */
  readonly takeOver?: boolean
}

/** The queue window an answer opened. */
export interface SessionWindow {
  readonly sessionId: string
  /** In playing order; the first is the one to play now. */
  readonly entities: readonly Entity[]
}

/** What a read beside the current entry, or of it, found. */
export interface QueueRead {
  /** Those nearest to the current entry first. */
  readonly entities: readonly Entity[]
  /**
   * The session had lapsed, and the service restored it under this id before it answered; undefined otherwise. What was
   * handed out before is void then.
   */
  readonly restoredAs: string | undefined
}

export interface Queue {
  readonly current: Entity | undefined
  readonly next: readonly Entity[]
  readonly previous: readonly Entity[]
}

export interface ActiveSession {
  readonly sessionId: string
  readonly current: Entity | undefined
}

/** Event report (amazon-music V1, Report Single Event). Times in milliseconds here; the wire's units in the encoder. */
export interface PlaybackReport {
  readonly metricId: string
  readonly type: 'start' | 'stop'
  /** Wall clock, milliseconds since 1970. */
  readonly atEpochMs: number
  /** Asked to play until heard. */
  readonly initialDelayMs: number
  readonly rebufferCount: number
  /** Listened since the last start. */
  readonly playedMs: number
  /** Position in the entity. */
  readonly positionMs: number
  /** On a stop only. */
  readonly terminationReason?: TerminationReason
}

/** Amazon's web playback engine's enum; for V1 inferred, so the words can be changed in the routes file. */
export type TerminationReason =
  | 'error'
  | 'networkError'
  | 'systemStop'
  | 'trackFinished'
  | 'trackScrub'
  | 'userNext'
  | 'userPrev'
  | 'userStop'

export const searchTypes = ['track', 'album', 'artist', 'playlist', 'station', 'podcast'] as const
export type SearchType = (typeof searchTypes)[number]

export interface SearchHit {
  readonly id: string
  /** What Create New Session takes: the service's own `playParams.id`, else an MRN built from the id. */
  readonly playId: string
  readonly title: string | undefined
  readonly artist: string | undefined
  readonly type: SearchType
  readonly url: string | undefined
  readonly image: string | undefined
}

/**
 * The Amazon Music Web API V1 as the agent uses it. Every call carries both headers, renews the access token once on
 * 401 INVALID_ACCESS_TOKEN and waits its turn at the shared limiter.
 *
 * @throws AppError `music/*`, `net/*`, `account/*`
 */
export interface MusicApi {
  createSession(
    play: PlayParams,
    options: PlaybackOptions,
    limit: number,
    signal: AbortSignal,
  ): Promise<SessionWindow>
  /** One entity, or none. */
  getCurrentTrack(sessionId: string, signal: AbortSignal): Promise<QueueRead>
  /** Empty at the end of the queue. */
  getNextTracks(sessionId: string, limit: number, signal: AbortSignal): Promise<QueueRead>
  getPreviousTracks(sessionId: string, limit: number, signal: AbortSignal): Promise<QueueRead>
  getPlaybackQueue(sessionId: string, signal: AbortSignal): Promise<Queue>
  getActiveSessions(signal: AbortSignal): Promise<readonly ActiveSession[]>
  /** @param takeOver also take the account's stream from the device that has it */
  restoreSession(sessionId: string, takeOver: boolean, signal: AbortSignal): Promise<SessionWindow>
  queueNext(sessionId: string, play: PlayParams, signal: AbortSignal): Promise<void>
  queueLast(sessionId: string, play: PlayParams, signal: AbortSignal): Promise<void>
  setLoop(sessionId: string, on: boolean, signal: AbortSignal): Promise<void>
  setShuffle(sessionId: string, on: boolean, signal: AbortSignal): Promise<void>
  /** One report goes as Report Single Event, several as Report Multiple Events. */
  report(reports: readonly PlaybackReport[], signal: AbortSignal): Promise<void>
  search(
    query: string,
    type: SearchType | undefined,
    limit: number,
    signal: AbortSignal,
  ): Promise<readonly SearchHit[]>
  /**
   * Any one of the 13 by name; the answer without secrets and media URLs. The arguments are the service's own, flat,
   * as the routes table names them (`id`, `shuffleMode`, …).
   *
   * @throws AppError also `command/payload`: no such operation, or arguments it does not take
   */
  call(operation: string, args: JsonObject, signal: AbortSignal): Promise<unknown>
}
