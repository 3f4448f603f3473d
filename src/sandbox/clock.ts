import { setTimeout as wait } from 'node:timers/promises'

/** The time source of the sandbox. Tests pass one that only moves when they advance it. */
export interface SandboxClock {
  /** Milliseconds from an arbitrary origin; never decreases. */
  monotonicMs(): number
  /** Milliseconds since 1970-01-01 UTC. */
  epochMs(): number
  /** Resolves after `ms`; may reject or resolve early when `signal` aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

export const systemClock: SandboxClock = {
  monotonicMs: () => performance.now(),
  epochMs: () => Date.now(),
  sleep: (ms, signal) => wait(ms, undefined, { signal }),
}

/** A clock that follows `base` and that the control API can move forward. */
export class MovableClock implements SandboxClock {
  readonly #base: SandboxClock
  #aheadMs = 0

  constructor(base: SandboxClock) {
    this.#base = base
  }

  monotonicMs(): number {
    return this.#base.monotonicMs() + this.#aheadMs
  }

  epochMs(): number {
    return this.#base.epochMs() + this.#aheadMs
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return this.#base.sleep(ms, signal)
  }

  /** Moves both times forward by `ms`. Does not shorten a sleep that has started. */
  advance(ms: number): void {
    this.#aheadMs += ms
  }

  get aheadMs(): number {
    return this.#aheadMs
  }
}
