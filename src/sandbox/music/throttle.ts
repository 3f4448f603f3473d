import type { SandboxClock } from '../clock.ts'

interface Bucket {
  left: number
  filledAtMs: number
}

/** Limits the transactions per second of each application (API overview): a token bucket. */
export class Throttle {
  readonly #buckets = new Map<string, Bucket>()
  readonly #clock: SandboxClock
  #refused = 0

  constructor(clock: SandboxClock) {
    this.#clock = clock
  }

  /** Counts one call of `application`; false when it exceeds `tps`. */
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
