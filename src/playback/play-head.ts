import type { Clock } from '../lib/clock.ts'

/** Where an item is: where it was last known to be, and on from there by the clock while it runs. */
export class Playhead {
  readonly #clock: Clock
  #knownMs = 0
  #limitMs = Infinity
  /** When it was known; undefined while it stands still. */
  #knownAtMs: number | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Milliseconds, never beyond the item's end. */
  get positionMs(): number {
    const ranMs = this.#knownAtMs === undefined ? 0 : this.#clock.monotonicMs() - this.#knownAtMs
    return Math.min(this.#knownMs + ranMs, this.#limitMs)
  }

  /** Another item begins at `positionMs`. It stands still. */
  reset(positionMs: number, durationMs: number | undefined): void {
    this.#limitMs = durationMs ?? Infinity
    this.#knownAtMs = undefined
    this.#knownMs = Math.max(positionMs, 0)
  }

  /** It is at `positionMs` now. */
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
