import type { SandboxClock } from '../../src/sandbox/sandbox.ts'

/** A clock that stands still until a test moves it; a sleep moves it by what was slept. */
export class ManualClock implements SandboxClock {
  #nowMs = 0
  readonly slept: number[] = []

  monotonicMs(): number {
    return this.#nowMs
  }

  epochMs(): number {
    return Date.UTC(2026, 0, 1) + this.#nowMs
  }

  sleep(ms: number): Promise<void> {
    this.slept.push(ms)
    this.#nowMs += ms
    return Promise.resolve()
  }

  advance(seconds: number): void {
    this.#nowMs += seconds * 1000
  }
}
