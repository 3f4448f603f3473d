import {
  boolean,
  field,
  filledString,
  listOf,
  number,
  numberFrom,
  object,
  optional,
  string,
  type Decoder,
  type JsonObject,
} from '../../lib/decode.ts'
import type {
  PlaybackOptions,
  PlaybackReport,
  PlayParams,
  TerminationReason,
} from '../../amazon-music/api.ts'
import type { PlayRequest } from '../queue/session.ts'

/** The latest time that a `Date` can hold (ECMA-262, "Time Values"): its methods throw for anything later. */
const mostMs = 8.64e15
const epochMs = numberFrom(0, mostMs)
/** A count, or a duration in milliseconds. */
const amount = numberFrom(0, mostMs)

/** The session that `play` resumes after a restart. File `session.json`. */
export interface LastSession {
  readonly sessionId: string
  /** The request; undefined for a session that was opened elsewhere. */
  readonly request: PlayRequest | undefined
}

export const decodeLastSession: Decoder<LastSession> = (value, path) => {
  const source = object(value, path)
  return {
    sessionId: field(source, 'sessionId', filledString, path),
    request: field(source, 'request', optional(decodeRequest), path),
  }
}

export function encodeLastSession({ sessionId, request }: LastSession): JsonObject {
  return { sessionId, ...(request === undefined ? {} : { request }) }
}

const decodeRequest: Decoder<PlayRequest> = (value, path) => {
  const source = object(value, path)
  const preset = field(source, 'preset', optional(string), path)
  return {
    play: field(source, 'play', decodePlayParams, path),
    options: field(source, 'options', decodeOptions, path),
    context: field(source, 'context', string, path),
    ...(preset === undefined ? {} : { preset }),
  }
}

const decodePlayParams: Decoder<PlayParams> = (value, path) => {
  const source = object(value, path)
  const containerIds = field(source, 'containerIds', optional(listOf(string)), path)
  return {
    id: field(source, 'id', string, path),
    ...(containerIds === undefined ? {} : { containerIds }),
  }
}

const decodeOptions: Decoder<PlaybackOptions> = (value, path) => {
  const source = object(value, path)
  const names = ['shuffle', 'loop', 'startAsStation', 'autoplay'] as const
  const told = names.map((name) => [name, field(source, name, optional(boolean), path)] as const)
  return Object.fromEntries(told.filter(([, on]) => on !== undefined))
}

/** What played at the last save. */
export interface LastPlaying {
  readonly intent: 'playing' | 'paused'
  /** Finds the entity in the restored queue: references may change, catalog ids stay. */
  readonly entityId: string | undefined
  readonly referenceId: string
  /** Milliseconds. */
  readonly positionMs: number
}

/**
 * What playback resumes from after a restart, as far as the service does not know it. File `playback.json`.
 */
export interface LastMoment {
  /** 0-100. */
  readonly volume: number
  readonly muted: boolean
  readonly playing: LastPlaying | undefined
  /**
   * The stop report of an entity whose start was reported and whose stop was not: nobody else can send it.
   */
  readonly unreported: PlaybackReport | undefined
}

export const decodeLastMoment: Decoder<LastMoment> = (value, path) => {
  const source = object(value, path)
  return {
    volume: Math.min(Math.max(field(source, 'volume', number, path), 0), 100),
    muted: field(source, 'muted', boolean, path),
    playing: field(source, 'playing', optional(decodeLastPlaying), path),
    unreported: field(source, 'unreported', optional(decodeReport), path),
  }
}

export function encodeLastMoment(moment: LastMoment): JsonObject {
  return { ...moment }
}

const decodeLastPlaying: Decoder<LastPlaying> = (value, path) => {
  const source = object(value, path)
  return {
    intent: field(source, 'intent', string, path) === 'playing' ? 'playing' : 'paused',
    entityId: field(source, 'entityId', optional(string), path),
    referenceId: field(source, 'referenceId', string, path),
    positionMs: Math.max(field(source, 'positionMs', numberFrom(-mostMs, mostMs), path), 0),
  }
}

/** Event reports that could not be sent yet. File `reports.json`. */
export const decodeReports: Decoder<readonly PlaybackReport[]> = (value, path) =>
  field(object(value, path), 'reports', listOf(decodeReport), path)

export function encodeReports(reports: readonly PlaybackReport[]): JsonObject {
  return { reports }
}

function decodeReport(value: unknown, path: string): PlaybackReport {
  const source = object(value, path)
  const terminationReason = field(source, 'terminationReason', optional(string), path)
  return {
    metricId: field(source, 'metricId', string, path),
    type: field(source, 'type', string, path) === 'start' ? 'start' : 'stop',
    atEpochMs: field(source, 'atEpochMs', epochMs, path),
    initialDelayMs: field(source, 'initialDelayMs', amount, path),
    rebufferCount: field(source, 'rebufferCount', amount, path),
    playedMs: field(source, 'playedMs', amount, path),
    positionMs: field(source, 'positionMs', amount, path),
    // Written by this agent: the reason was one of ours, in this version or another.
    ...(terminationReason === undefined ? {} : { terminationReason: terminationReason as TerminationReason }),
  }
}
