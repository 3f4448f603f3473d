import type { Clock } from '../../lib/clock.ts'
import { detach } from '../../lib/async/tasks.ts'

const firstWaitMs = 1_000
const longestWaitMs = 60_000
/** After this long without a repair, the next one is immediate again. */
const quietMs = 180_000

/**
 * Publishes again what another client has overwritten: at once, then with delays that double up to a minute,
 * so that two agents that overwrite each other do not flood the broker.
 */
export class Repair {
  readonly #clock: Clock
  readonly #life: AbortSignal
  readonly #repair: () => void
  #waitMs = 0
  #lastAtMs = -Infinity
  #waiting = false

  constructor(clock: Clock, life: AbortSignal, repair: () => void) {
    this.#clock = clock
    this.#life = life
    this.#repair = repair
  }

  /** Call when the message was overwritten. */
  needed(): void {
    if (this.#waiting) return
    const sinceMs = this.#clock.monotonicMs() - this.#lastAtMs
    if (sinceMs >= quietMs) this.#waitMs = 0
    const waitMs = Math.max(0, this.#waitMs - sinceMs)
    if (waitMs === 0) {
      this.#now()
      return
    }
    this.#waiting = true
    const later = this.#clock.sleep(waitMs, this.#life).then(() => {
      this.#waiting = false
      this.#now()
    })
    // The sleep rejects only when aborted.
    detach(later, this.#life, () => undefined)
  }

  #now(): void {
    this.#lastAtMs = this.#clock.monotonicMs()
    this.#waitMs = Math.min(Math.max(firstWaitMs, this.#waitMs * 2), longestWaitMs)
    this.#repair()
  }
}
