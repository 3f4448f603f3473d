import type { ErrorCode } from '../lib/error-codes.ts'
import { AppError, toAppError } from '../lib/errors.ts'

const refusedSkips: ReadonlySet<ErrorCode> = new Set([
  'playback/skip-limit',
  'playback/forbidden',
  'music/forbidden',
  'music/subscription',
])

/** Whether a skip was refused by what the service allows. */
export function isSkipRefused(code: ErrorCode): boolean {
  return refusedSkips.has(code)
}

/** Whether another device has the account's stream. */
export function isStreamLost(code: ErrorCode): boolean {
  return code === 'music/max-concurrency'
}

/** Whether nothing more can be had for this account by waiting: its stream is another device's, or it is signed out. */
export function isAccountLost(code: ErrorCode): boolean {
  return isStreamLost(code) || (code.startsWith('account/') && code !== 'account/unavailable')
}

/** Whether the stream, and not what it holds, is the trouble: a fresh address of the same entity may help. */
export function isStreamProblem({ code }: AppError): boolean {
  return code === 'player/expired' || code === 'player/network'
}

/** Whether nothing else can be played either, as long as nobody puts the player right. */
export function isPlayerUseless({ code }: AppError): boolean {
  return code === 'player/missing' || code === 'player/device'
}

/** Whether the same call may succeed later by itself. An answer that cannot be understood is as good as none. */
export function isPassing(error: unknown): boolean {
  const { retryable, kind } = toAppError(error)
  return retryable || kind === 'protocol'
}

/** The words for a listener. */
export function inWords(error: unknown): { readonly code: string; readonly message: string } {
  const { code, message } = error instanceof AppError ? error : toAppError(error)
  return { code, message }
}
