import type { JsonObject } from '../lib/decode.ts'
import type { Entity } from './entity.ts'

/**
 * The 13 playback operations of V1 in the order of docs/sources.md, API playback; then the catalog operations
 * the agent needs.
 */
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

/**
 * What to play: the fields of `playParams` in the request (docs/sources.md, API playback, Create New
 * Session).
 */
export interface PlayParams {
  /** An MRN, such as mrn:1.0:catalog:track:asin:B000000001. */
  readonly id: string
  /** MRNs of the context: several tracks, or one container. */
  readonly containerIds?: readonly string[]
}

export interface PlaybackOptions {
  readonly shuffle?: boolean
  readonly loop?: boolean
  readonly startAsStation?: boolean
  readonly autoplay?: boolean
  /** Take over the account's stream from the device that has it. */
  readonly takeOver?: boolean
}

/** The queue window in an answer. */
export interface SessionWindow {
  readonly sessionId: string
  /** In playing order; the first is to be played now. */
  readonly entities: readonly Entity[]
}

/** The result of reading the current entry or its neighbours. */
export interface QueueRead {
  /** Nearest to the current entry first. */
  readonly entities: readonly Entity[]
  /**
   * The session had expired, and the service restored it under this id before it answered; undefined
   * otherwise. Entries read before are then invalid.
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

/**
 * An event report (docs/sources.md, API playback, Report Single Event). Times are in milliseconds; the
 * encoder converts them to the units of the service.
 */
export interface PlaybackReport {
  readonly metricId: string
  readonly type: 'start' | 'stop'
  /** Wall clock, milliseconds since 1970. */
  readonly atEpochMs: number
  /** From the request to play until the first sound. */
  readonly initialDelayMs: number
  readonly rebufferCount: number
  /** Playing time since the last start. */
  readonly playedMs: number
  /** Position in the entity. */
  readonly positionMs: number
  /** Only with a stop. */
  readonly terminationReason?: TerminationReason
}

/**
 * The enum of Amazon's web playback engine. For V1 it is inferred, so the routes file can change the words.
 */
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
  /** The id for Create New Session: the service's own `playParams.id`, else an MRN made from the id. */
  readonly playId: string
  readonly title: string | undefined
  readonly artist: string | undefined
  readonly type: SearchType
  readonly url: string | undefined
  readonly image: string | undefined
}

/**
 * The part of the Amazon Music Web API V1 that the agent uses. Every call sends both headers, renews the
 * access token once on 401 INVALID_ACCESS_TOKEN and waits for the shared limiter.
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
  /** @param takeOver also take over the account's stream from the device that has it */
  restoreSession(sessionId: string, takeOver: boolean, signal: AbortSignal): Promise<SessionWindow>
  queueNext(sessionId: string, play: PlayParams, signal: AbortSignal): Promise<void>
  queueLast(sessionId: string, play: PlayParams, signal: AbortSignal): Promise<void>
  setLoop(sessionId: string, on: boolean, signal: AbortSignal): Promise<void>
  setShuffle(sessionId: string, on: boolean, signal: AbortSignal): Promise<void>
  /** Sends one report as Report Single Event, several as Report Multiple Events. */
  report(reports: readonly PlaybackReport[], signal: AbortSignal): Promise<void>
  search(
    query: string,
    type: SearchType | undefined,
    limit: number,
    signal: AbortSignal,
  ): Promise<readonly SearchHit[]>
  /**
   * Calls any of the 13 operations by name. Returns the answer without secrets and media URLs. The arguments
   * are the service's own, flat, named as in the routes table (`id`, `shuffleMode`, …).
   *
   * @throws AppError also `command/payload`: no such operation, or arguments it does not take
   */
  call(operation: string, args: JsonObject, signal: AbortSignal): Promise<unknown>
}
