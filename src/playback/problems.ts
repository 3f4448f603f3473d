import type { ErrorCode } from '../lib/error-codes.ts'
import { AppError, toAppError } from '../lib/errors.ts'

const refusedSkips: ReadonlySet<ErrorCode> = new Set([
  'playback/skip-limit',
  'playback/forbidden',
  'music/forbidden',
  'music/subscription',
])

/** Whether a skip failed because the service does not allow it. */
export function isSkipRefused(code: ErrorCode): boolean {
  return refusedSkips.has(code)
}

/** Whether another device has the account's stream. */
export function isStreamLost(code: ErrorCode): boolean {
  return code === 'music/max-concurrency'
}

/** Whether waiting does not help this account: another device has its stream, or it is signed out. */
export function isAccountLost(code: ErrorCode): boolean {
  return isStreamLost(code) || (code.startsWith('account/') && code !== 'account/unavailable')
}

/** Whether the stream failed and not its content: a fresh URL of the same entity may help. */
export function isStreamProblem({ code }: AppError): boolean {
  return code === 'player/expired' || code === 'player/network'
}

/** Whether no other entity can be played either, until somebody repairs the player. */
export function isPlayerUseless({ code }: AppError): boolean {
  return code === 'player/missing' || code === 'player/device'
}

/** Whether the same call may succeed later. An answer that cannot be parsed counts as no answer. */
export function isPassing(error: unknown): boolean {
  const { retryable, kind } = toAppError(error)
  return retryable || kind === 'protocol'
}

/** Code and message for an event. */
export function inWords(error: unknown): { readonly code: string; readonly message: string } {
  const { code, message } = error instanceof AppError ? error : toAppError(error)
  return { code, message }
}
