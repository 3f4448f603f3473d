import type { Clock } from '../lib/clock.ts'

/** Position of an item: the last known position, plus the time since then while it plays. */
export class Playhead {
  readonly #clock: Clock
  #knownMs = 0
  #limitMs = Infinity
  /** Monotonic time of the last known position; undefined while the item does not move. */
  #knownAtMs: number | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Milliseconds, never beyond the item's end. */
  get positionMs(): number {
    const ranMs = this.#knownAtMs === undefined ? 0 : this.#clock.monotonicMs() - this.#knownAtMs
    return Math.min(this.#knownMs + ranMs, this.#limitMs)
  }

  /** Starts another item at `positionMs`, not moving. */
  reset(positionMs: number, durationMs: number | undefined): void {
    this.#limitMs = durationMs ?? Infinity
    this.#knownAtMs = undefined
    this.#knownMs = Math.max(positionMs, 0)
  }

  /** The item is at `positionMs` now. */
  set(positionMs: number): void {
    this.#knownMs = Math.min(Math.max(positionMs, 0), this.#limitMs)
    if (this.#knownAtMs !== undefined) this.#knownAtMs = this.#clock.monotonicMs()
  }

  run(runs: boolean): void {
    if (runs === (this.#knownAtMs !== undefined)) return
    this.#knownMs = this.positionMs
    this.#knownAtMs = runs ? this.#clock.monotonicMs() : undefined
  }
}
