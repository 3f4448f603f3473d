import type { SandboxClock } from '../clock.ts'

interface Bucket {
  left: number
  filledAtMs: number
}

/** Transactions per second of one application (API overview): a bucket that fills with time. */
export class Throttle {
  readonly #buckets = new Map<string, Bucket>()
  readonly #clock: SandboxClock
  #refused = 0

  constructor(clock: SandboxClock) {
    this.#clock = clock
  }

  /** Takes one call of `application`; false when `tps` calls of the last second are used up. */
  admit(application: string, tps: number): boolean {
    if (tps === Infinity) return true
    const nowMs = this.#clock.monotonicMs()
    const bucket = this.#buckets.get(application) ?? { left: tps, filledAtMs: nowMs }
    bucket.left = Math.min(tps, bucket.left + ((nowMs - bucket.filledAtMs) * tps) / 1000)
    bucket.filledAtMs = nowMs
    this.#buckets.set(application, bucket)
    if (bucket.left < 1) {
      this.#refused++
      return false
    }
    bucket.left--
    return true
  }

  get refused(): number {
    return this.#refused
  }
}
