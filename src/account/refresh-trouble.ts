import type { AppError } from '../base/errors.ts'
import { backOffMs } from '../base/retry.ts'

/** What is wrong with renewing the token held. Times are monotonic. */
export interface RefreshTrouble {
  readonly error: AppError
  /** A setting is wrong: nothing is tried until the user asks. */
  readonly blocked: boolean
  readonly sinceMs: number
  /** Failed refreshes in a row. */
  readonly attempts: number
  readonly notBeforeMs: number
}

/** How long those who want a token sit out the trouble before they are told. */
const patienceMs = 10_000

/** One more refresh failed for now. The next one waits its turn, or as long as the server asked. */
export function failedAgain(
  before: RefreshTrouble | undefined,
  error: AppError,
  nowMs: number,
  random: () => number,
): RefreshTrouble {
  const attempts = before?.attempts ?? 0
  return {
    error,
    blocked: false,
    sinceMs: before?.sinceMs ?? nowMs,
    attempts: attempts + 1,
    notBeforeMs: nowMs + Math.max(backOffMs(attempts, random), error.retryAfterMs ?? 0),
  }
}

/** The network may be there after all: what failed on it does not wait its turn, nor does what fails next. */
export function tryingNow(trouble: RefreshTrouble | undefined, nowMs: number): RefreshTrouble | undefined {
  return trouble?.error.code.startsWith('net/') === true
    ? { ...trouble, attempts: 0, notBeforeMs: nowMs }
    : trouble
}

export function blockedBy(error: AppError, nowMs: number): RefreshTrouble {
  return { error, blocked: true, sinceMs: nowMs, attempts: 0, notBeforeMs: nowMs }
}

/** Until when it makes sense to wait for a token. */
export function waitUntilMs({ blocked, sinceMs }: RefreshTrouble): number {
  return blocked ? -Infinity : sinceMs + patienceMs
}
