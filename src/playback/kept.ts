import {
  field,
  filledString,
  listOf,
  number,
  object,
  optional,
  string,
  type Decoder,
  type JsonObject,
} from '../base/decode.ts'
import type { PlaybackReport, TerminationReason } from '../music/music-api.ts'

/** What is remembered over a restart: the session that `play` goes on with. File `session.json`. */
export interface LastSession {
  readonly sessionId: string
  readonly context: string | undefined
}

export const decodeLastSession: Decoder<LastSession> = (value, path) => {
  const source = object(value, path)
  return {
    sessionId: field(source, 'sessionId', filledString, path),
    context: field(source, 'context', optional(string), path),
  }
}

export function encodeLastSession({ sessionId, context }: LastSession): JsonObject {
  return { sessionId, ...(context === undefined ? {} : { context }) }
}

/** Event reports that could not be sent yet. File `reports.json`. */
export const decodeReports: Decoder<readonly PlaybackReport[]> = (value, path) =>
  field(object(value, path), 'reports', listOf(decodeReport), path)

export function encodeReports(reports: readonly PlaybackReport[]): JsonObject {
  return { reports }
}

const decodeReport: Decoder<PlaybackReport> = (value, path) => {
  const source = object(value, path)
  const terminationReason = field(source, 'terminationReason', optional(string), path)
  return {
    metricId: field(source, 'metricId', string, path),
    type: field(source, 'type', string, path) === 'start' ? 'start' : 'stop',
    atEpochMs: field(source, 'atEpochMs', number, path),
    initialDelayMs: field(source, 'initialDelayMs', number, path),
    rebufferCount: field(source, 'rebufferCount', number, path),
    playedMs: field(source, 'playedMs', number, path),
    positionMs: field(source, 'positionMs', number, path),
    // Written by this agent: the word was one of ours, in this version or another.
    ...(terminationReason === undefined ? {} : { terminationReason: terminationReason as TerminationReason }),
  }
}
