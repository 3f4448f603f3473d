import { uptime } from 'node:os'
import { setTimeout as timeout } from 'node:timers/promises'

/** The only source of time. Tests use a manual one (test/support/clocks/manual-clock.ts). */
export interface Clock {
  /**
   * Milliseconds since an arbitrary origin, suspend included. Never jumps with the wall clock, never goes
   * back. For lifetimes and waits.
   */
  monotonicMs(): number
  /**
   * Milliseconds since 1970 by the wall clock. For display and payloads only: the wall clock may be wrong.
   */
  epochMs(): number
  /**
   * Resolves when {@link monotonicMs} has advanced by `ms`, or rejects with `signal.reason`. `ms` has no
   * upper limit.
   */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

/**
 * The longest timer. A Node timer stops while the machine is suspended, and fires at once when set to more
 * than 2^31-1 ms. So a long wait is split, and each part ends with a look at the clock that includes suspend.
 */
const longestNapMs = 30_000

/** How long a reading of the boot clock stays good. */
const freshMs = 1_000
/** The wall clock and Node's clock drift apart by less than this in that time. */
const suspendShowsMs = 20

interface SystemTimes {
  /** Stops in suspend. */
  readonly nodeMs: () => number
  /** Includes suspend, but can be set. */
  readonly wallMs: () => number
  /** Includes suspend and is never set, but costs one to three system calls. */
  readonly bootMs: () => number
}

/**
 * The boot clock at the cost of Node's clock. The boot clock is read now and then, and at once when the wall
 * clock has advanced and Node's has not, as after a suspend.
 */
export function createMonotonicClock({ nodeMs, wallMs, bootMs }: SystemTimes): () => number {
  let aheadMs = -Infinity
  let lookedAtMs = -Infinity
  let wallAheadMs = 0
  return () => {
    const nowMs = nodeMs()
    const wallNowAheadMs = wallMs() - nowMs
    if (nowMs - lookedAtMs > freshMs || Math.abs(wallNowAheadMs - wallAheadMs) > suspendShowsMs) {
      // The boot clock steps by 10 ms: the larger of two readings is nearer the truth, and time must not go
      // back.
      aheadMs = Math.max(aheadMs, bootMs() - nowMs)
      lookedAtMs = nowMs
      wallAheadMs = wallNowAheadMs
    }
    return nowMs + aheadMs
  }
}

const monotonicMs = createMonotonicClock({
  nodeMs: () => performance.now(),
  wallMs: () => Date.now(),
  // CLOCK_BOOTTIME on Linux. Node reads /proc/uptime for it: 6 µs, or 30 µs on a busy machine.
  bootMs: () => uptime() * 1000,
})

export const systemClock: Clock = {
  monotonicMs,
  epochMs: () => Date.now(),
  async sleep(ms, signal) {
    signal.throwIfAborted()
    const wakeAtMs = monotonicMs() + ms
    for (let leftMs = ms; leftMs > 0; leftMs = wakeAtMs - monotonicMs()) {
      try {
        await timeout(Math.min(leftMs, longestNapMs), undefined, { signal })
      } catch (error) {
        // Node throws its own AbortError; `sleep` promises the signal's reason.
        signal.throwIfAborted()
        throw error
      }
    }
  },
}
