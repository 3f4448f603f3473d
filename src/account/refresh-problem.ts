import type { AppError } from '../lib/errors.ts'
import { backOffMs, slowBackOffMs } from '../lib/retry.ts'

/** What is wrong with renewing the token held. Times are monotonic. */
export interface RefreshTrouble {
  readonly error: AppError
  /** A setting is wrong: nothing is tried until the user asks. */
  readonly blocked: boolean
  /** Refused for a reason no document names: tried again slowly. */
  readonly slow: boolean
  readonly sinceMs: number
  /** Failed refreshes of this kind in a row. */
  readonly attempts: number
  readonly notBeforeMs: number
}

/** How long those who want a token sit out the trouble before they are told. */
const patienceMs = 10_000

/**
 * One more refresh failed for now. The next one waits its turn, or as long as the server asked.
 *
 * @param slow Login with Amazon has refused it, in words that no document has
 */
export function failedAgain(
  before: RefreshTrouble | undefined,
  error: AppError,
  slow: boolean,
  nowMs: number,
  random: () => number,
): RefreshTrouble {
  const attempts = before?.slow === slow ? before.attempts : 0
  const pauseMs = slow ? slowBackOffMs(attempts, random) : backOffMs(attempts, random)
  return {
    error,
    blocked: false,
    slow,
    sinceMs: before?.sinceMs ?? nowMs,
    attempts: attempts + 1,
    notBeforeMs: nowMs + Math.max(pauseMs, error.retryAfterMs ?? 0),
  }
}

/** The network may be there after all: what failed on it does not wait its turn, nor does what fails next. */
export function tryingNow(trouble: RefreshTrouble | undefined, nowMs: number): RefreshTrouble | undefined {
  return trouble?.error.code.startsWith('net/') === true
    ? { ...trouble, attempts: 0, notBeforeMs: nowMs }
    : trouble
}

/** The user asks: what was refused is tried at once. The rest is tried often enough. */
export function askedFor(trouble: RefreshTrouble | undefined, nowMs: number): RefreshTrouble | undefined {
  if (trouble?.blocked === true) return undefined
  return trouble?.slow === true ? { ...trouble, attempts: 0, notBeforeMs: nowMs } : trouble
}

export function blockedBy(error: AppError, nowMs: number): RefreshTrouble {
  return { error, blocked: true, slow: false, sinceMs: nowMs, attempts: 0, notBeforeMs: nowMs }
}

/** Until when it makes sense to wait for a token: not at all where nothing is tried before that. */
export function waitUntilMs({ blocked, sinceMs, notBeforeMs }: RefreshTrouble): number {
  const untilMs = sinceMs + patienceMs
  return blocked || notBeforeMs > untilMs ? -Infinity : untilMs
}
