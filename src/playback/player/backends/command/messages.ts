import {
  boolean,
  field,
  filledString,
  number,
  object,
  optional,
  parseJson,
  string,
  type Decoder,
} from '../../../../lib/decode.ts'
import type { ErrorCode } from '../../../../lib/error-codes.ts'

/** The version of docs/player-protocol.md that this agent implements. */
export const protocolVersion = 1

/** The program's description of itself. */
export interface Hello {
  readonly protocol: number
  readonly name: string
  readonly version: string
  readonly preloads: boolean
  readonly decrypts: boolean
}

/** Why a command was refused, or an item does not play. */
export interface PlayerProblem {
  readonly code: ErrorCode
  /** The program's own text. */
  readonly message: string
}

/** One line of the program's output. Times are in milliseconds. */
export type Message =
  | ({ readonly type: 'hello' } & Hello)
  | { readonly type: 'reply'; readonly id: number; readonly refusal: PlayerProblem | undefined }
  | { readonly type: 'started' | 'buffering' | 'rebuffered'; readonly item: string }
  | { readonly type: 'position'; readonly item: string; readonly positionMs: number }
  | {
      readonly type: 'ended'
      readonly item: string
      readonly positionMs: number
      readonly durationMs: number | undefined
    }
  | { readonly type: 'failed'; readonly item: string; readonly trouble: PlayerProblem }
  /** An event of a later protocol. */
  | { readonly type: 'unknown' }

/** @throws AppError `net/answer` that names the problem without quoting the line */
export function decodeMessage(line: string): Message {
  const at = ''
  const message = object(parseJson(line, 'the line'), 'the line')
  if (Object.hasOwn(message, 'reply')) {
    const isTaken = field(message, 'ok', boolean, at)
    return {
      type: 'reply',
      id: field(message, 'reply', number, at),
      refusal: isTaken ? undefined : problemOf(message),
    }
  }
  const type = field(message, 'event', string, at)
  switch (type) {
    case 'hello':
      return {
        type,
        protocol: field(message, 'protocol', number, at),
        name: field(message, 'name', filledString, at),
        version: field(message, 'version', filledString, at),
        preloads: field(message, 'preloads', boolean, at),
        decrypts: field(message, 'decrypts', boolean, at),
      }
    case 'started':
    case 'buffering':
    case 'rebuffered':
      return { type, item: field(message, 'item', string, at) }
    case 'position':
      return {
        type,
        item: field(message, 'item', string, at),
        positionMs: field(message, 'position_ms', milliseconds, at),
      }
    case 'ended':
      return {
        type,
        item: field(message, 'item', string, at),
        positionMs: field(message, 'position_ms', milliseconds, at),
        durationMs: field(message, 'duration_ms', optional(milliseconds), at),
      }
    case 'failed':
      return { type, item: field(message, 'item', string, at), trouble: problemOf(message) }
    default:
      return { type: 'unknown' }
  }
}

const codes: Readonly<Record<string, ErrorCode>> = {
  expired: 'player/expired',
  network: 'player/network',
  unplayable: 'player/unplayable',
  protected: 'player/protected',
  device: 'player/device',
}

function problemOf(message: ReturnType<typeof object>): PlayerProblem {
  const code = field(message, 'code', string, '')
  return {
    code: (Object.hasOwn(codes, code) ? codes[code] : undefined) ?? 'player/failed',
    message: field(message, 'message', string, ''),
  }
}

/** Calculations with larger numbers are not exact. */
const mostMs = Number.MAX_SAFE_INTEGER

const milliseconds: Decoder<number> = (value, path) => {
  const ms = number(value, path)
  // Let the decoder write the error: a number out of range counts as missing.
  return ms >= 0 && ms <= mostMs ? ms : number(undefined, path)
}
