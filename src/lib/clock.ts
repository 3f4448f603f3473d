import { uptime } from 'node:os'
import { setTimeout as timeout } from 'node:timers/promises'

/** The only source of time. Tests drive a manual one (test/support/clocks/manual-clock.ts). */
export interface Clock {
  /**
   * Milliseconds since an arbitrary origin, suspend included. Never jumps with the wall clock, never goes back.
   * For lifetimes and waits.
   */
  monotonicMs(): number
  /** Milliseconds since 1970 by the wall clock. Only for showing to people and for payloads: it may be wrong. */
  epochMs(): number
  /** Resolves once {@link monotonicMs} has moved on by `ms`, or rejects with `signal.reason`. Any length. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

/**
 * A wait is cut into naps no longer than this: a Node timer stands still while the machine is suspended (and fires
 * at once when asked for more than 2^31-1 ms), so each nap ends with a look at the clock that did not stand still.
 */
const longestNapMs = 30_000

/** A look at the boot clock is good for this long. */
const freshMs = 1_000
/** More than the wall clock and Node's drift apart by in that time. */
const suspendShowsMs = 20

interface SystemTimes {
  /** Stands still in suspend. */
  readonly nodeMs: () => number
  /** Counts suspend, but may be set. */
  readonly wallMs: () => number
  /** Counts suspend and is never set, but costs a system call or three. */
  readonly bootMs: () => number
}

/**
 * The boot clock at the price of Node's: it is only looked at now and then, and at once when the wall clock has moved
 * on and Node's has not, as after a suspend.
 */
export function createMonotonicClock({ nodeMs, wallMs, bootMs }: SystemTimes): () => number {
  let aheadMs = -Infinity
  let lookedAtMs = -Infinity
  let wallAheadMs = 0
  return () => {
    const nowMs = nodeMs()
    const wallNowAheadMs = wallMs() - nowMs
    if (nowMs - lookedAtMs > freshMs || Math.abs(wallNowAheadMs - wallAheadMs) > suspendShowsMs) {
      // Of two readings of a clock that steps by 10 ms the larger is nearer the truth; and time does not go back.
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
  // CLOCK_BOOTTIME on Linux. Node opens /proc/uptime for it: 6 µs, and 30 where the machine is busy.
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
        // Node throws an AbortError of its own; callers are promised the signal's reason.
        signal.throwIfAborted()
        throw error
      }
    }
  },
}
