import type { AppError } from '../lib/errors.ts'
import { backOffMs, slowBackOffMs } from '../lib/retry.ts'

/** Why refreshing fails. Times are monotonic. */
export interface RefreshProblem {
  readonly error: AppError
  /** A setting is wrong: no retry until the user asks. */
  readonly blocked: boolean
  /** Refused for an undocumented reason: retried slowly. */
  readonly slow: boolean
  readonly sinceMs: number
  /** Failures of this kind in a row. */
  readonly attempts: number
  readonly notBeforeMs: number
}

/** How long a caller waits for a token while refreshes fail. */
const patienceMs = 10_000

/**
 * One more refresh failed. The next one follows after the back-off, or after the wait the server asked for.
 *
 * @param slow Login with Amazon refused it for an undocumented reason
 */
export function failedAgain(
  before: RefreshProblem | undefined,
  error: AppError,
  slow: boolean,
  nowMs: number,
  random: () => number,
): RefreshProblem {
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

/** The network may be back: what failed on it is retried at once, and the back-off starts again. */
export function tryingNow(problem: RefreshProblem | undefined, nowMs: number): RefreshProblem | undefined {
  return problem?.error.code.startsWith('net/') === true
    ? { ...problem, attempts: 0, notBeforeMs: nowMs }
    : problem
}

/** The user asks: what was refused is retried at once. Other problems are retried often enough. */
export function askedFor(problem: RefreshProblem | undefined, nowMs: number): RefreshProblem | undefined {
  if (problem?.blocked === true) return undefined
  return problem?.slow === true ? { ...problem, attempts: 0, notBeforeMs: nowMs } : problem
}

export function blockedBy(error: AppError, nowMs: number): RefreshProblem {
  return { error, blocked: true, slow: false, sinceMs: nowMs, attempts: 0, notBeforeMs: nowMs }
}

/** Until when waiting for a token makes sense: not at all when no retry comes before that. */
export function waitUntilMs({ blocked, sinceMs, notBeforeMs }: RefreshProblem): number {
  const untilMs = sinceMs + patienceMs
  return blocked || notBeforeMs > untilMs ? -Infinity : untilMs
}
