import type { AppError } from '../lib/errors.ts'
import { backOffMs, slowBackOffMs } from '../lib/retry.ts'

/** What is wrong with renewing the token held. Times are monotonic. */
export interface RefreshProblem {
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

/** How long a caller waits for a token while refreshes fail. */
const patienceMs = 10_000

/**
 * One more refresh failed for now. The next one waits its turn, or as long as the server asked.
 *
 * @param slow Login with Amazon has refused it, in words that no document has
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

/** The network may be there after all: what failed on it does not wait its turn, nor does what fails next. */
export function tryingNow(problem: RefreshProblem | undefined, nowMs: number): RefreshProblem | undefined {
  return problem?.error.code.startsWith('net/') === true
    ? { ...problem, attempts: 0, notBeforeMs: nowMs }
    : problem
}

/** The user asks: what was refused is tried at once. The rest is tried often enough. */
export function askedFor(problem: RefreshProblem | undefined, nowMs: number): RefreshProblem | undefined {
  if (problem?.blocked === true) return undefined
  return problem?.slow === true ? { ...problem, attempts: 0, notBeforeMs: nowMs } : problem
}

export function blockedBy(error: AppError, nowMs: number): RefreshProblem {
  return { error, blocked: true, slow: false, sinceMs: nowMs, attempts: 0, notBeforeMs: nowMs }
}

/** Until when it makes sense to wait for a token: not at all where nothing is tried before that. */
export function waitUntilMs({ blocked, sinceMs, notBeforeMs }: RefreshProblem): number {
  const untilMs = sinceMs + patienceMs
  return blocked || notBeforeMs > untilMs ? -Infinity : untilMs
}
