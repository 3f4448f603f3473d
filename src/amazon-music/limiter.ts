import type { Clock } from '../lib/clock.ts'
import { AppError } from '../lib/errors.ts'
import { backOffMs } from '../lib/retry.ts'

/** The state in which a call was sent. A result from an older state changes nothing. */
type Ticket = number

/** Why calls have to wait. */
type Problem = 'throttled' | 'unavailable'

/**
 * One gate for all calls: when the service is overloaded or out of order, all calls wait, not only the one
 * that noticed (rate limits count per application: docs/sources.md, API errors, 429).
 */
export interface Limiter {
  /** How long a call would have to wait now, in milliseconds; 0 when it would not. */
  waitMs(): number
  /** The error for a call that does not wait now; undefined when it may be sent. */
  notNow(): AppError | undefined
  /**
   * Resolves when a call may be sent. Rejects with `signal.reason`, or at once when the wait is longer than
   * the limit.
   *
   * @throws AppError `music/throttled` or `music/unavailable`, with `retryAfterMs`
   */
  enter(signal: AbortSignal): Promise<Ticket>
  succeeded(ticket: Ticket): void
  /** @param retryAfterMs the wait the service asked for; undefined: back off (src/lib/retry.ts) */
  failed(ticket: Ticket, trouble: Problem, retryAfterMs: number | undefined): void
}

/** @param longestWaitMs a call that would wait longer fails instead */
export function createLimiter(clock: Clock, random: () => number, longestWaitMs: number): Limiter {
  let openAtMs = 0
  let trouble: Problem = 'throttled'
  /** Problems in a row. */
  let inARow = 0
  let state: Ticket = 0

  const waitMs = (): number => Math.max(0, openAtMs - clock.monotonicMs())

  return {
    waitMs,
    notNow: () => (waitMs() > 0 ? notNow(trouble, waitMs()) : undefined),
    async enter(signal) {
      const giveUpAtMs = clock.monotonicMs() + longestWaitMs
      // Checked again after each wait: another call may have failed meanwhile.
      for (let ms = waitMs(); ms > 0; ms = waitMs()) {
        if (clock.monotonicMs() + ms > giveUpAtMs) throw notNow(trouble, ms)
        await clock.sleep(ms, signal)
      }
      signal.throwIfAborted()
      return state
    },
    succeeded(ticket) {
      if (ticket === state) inARow = 0
    },
    failed(ticket, found, retryAfterMs) {
      // Parallel calls meet the same problem: it counts once, and the longest requested wait applies.
      const news = ticket === state
      if (news) {
        state++
        inARow++
      }
      if (!news && retryAfterMs === undefined) return
      // The back-off begins with 0: right for a passing fault, wrong for "too fast".
      const attempt = found === 'throttled' ? inARow : inARow - 1
      const ms = retryAfterMs ?? backOffMs(attempt, random)
      trouble = found
      openAtMs = Math.max(openAtMs, clock.monotonicMs() + ms)
    },
  }
}

function notNow(trouble: Problem, ms: number): AppError {
  const seconds = Math.ceil(ms / 1000)
  return trouble === 'throttled'
    ? new AppError('music/throttled', `The music service asked for a pause: ${seconds} s are left`, {
        retryAfterMs: ms,
      })
    : new AppError('music/unavailable', `The music service is out of order: next try in ${seconds} s`, {
        retryAfterMs: ms,
      })
}
