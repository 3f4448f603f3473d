import { uptime } from 'node:os'
import { setTimeout as timeout } from 'node:timers/promises'

/** The only source of time. Tests drive a manual one (test/support/manual-clock.ts). */
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

export const systemClock: Clock = {
  // Node's own monotonic clocks stop in suspend. os.uptime() is CLOCK_BOOTTIME on Linux (resolution 10 ms).
  monotonicMs: () => uptime() * 1000,
  epochMs: () => Date.now(),
  async sleep(ms, signal) {
    signal.throwIfAborted()
    const wakeAtMs = uptime() * 1000 + ms
    for (let leftMs = ms; leftMs > 0; leftMs = wakeAtMs - uptime() * 1000) {
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
