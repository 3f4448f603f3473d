import type { Clock } from '../lib/clock.ts'
import { AppError } from '../lib/errors.ts'
import { backOffMs } from '../lib/retry.ts'

/** Which state of things a call went out in: news about an older one changes nothing. */
type Ticket = number

/** What made the service's door close. */
type Problem = 'throttled' | 'unavailable'

/**
 * One gate for all calls: when the service is overloaded or out of order, everybody waits, not only the call that
 * found out (rate limits count per application: API_web_errors, 429).
 */
export interface Limiter {
  /** How long a call would have to wait now, in milliseconds; 0: not at all. */
  waitMs(): number
  /** What a call is told now that does not wait at all; undefined: it may go out. */
  notNow(): AppError | undefined
  /**
   * Resolves when a call may go out. Rejects with `signal.reason`, or at once when the wait is longer than the bound.
   *
   * @throws AppError `music/throttled` or `music/unavailable`, with `retryAfterMs`
   */
  enter(signal: AbortSignal): Promise<Ticket>
  succeeded(ticket: Ticket): void
  /** @param retryAfterMs what the service asked for; undefined: back off by the table in base/retry.ts */
  failed(ticket: Ticket, trouble: Problem, retryAfterMs: number | undefined): void
}

/** @param longestWaitMs a caller rather hears "not now" than waits longer */
export function createLimiter(clock: Clock, random: () => number, longestWaitMs: number): Limiter {
  let openAtMs = 0
  let trouble: Problem = 'throttled'
  /** Troubles in a row. */
  let inARow = 0
  let state: Ticket = 0

  const waitMs = (): number => Math.max(0, openAtMs - clock.monotonicMs())

  return {
    waitMs,
    notNow: () => (waitMs() > 0 ? notNow(trouble, waitMs()) : undefined),
    async enter(signal) {
      const giveUpAtMs = clock.monotonicMs() + longestWaitMs
      // Again after each wait: another call may have met trouble meanwhile.
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
      // Calls that were under way together meet the same trouble: it counts once, the longest wait asked for holds.
      const news = ticket === state
      if (news) {
        state++
        inARow++
      }
      if (!news && retryAfterMs === undefined) return
      // The table begins with 0: right for a passing fault, not for "too fast".
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
