import { ManualClock } from './manual-clock.ts'

/** What sleeps while the machine is suspended sleeps on as long as was left; the clock has gone on. */
export class SuspendingClock extends ManualClock {
  #suspendedMs = 0

  override monotonicMs(): number {
    return super.monotonicMs() + this.#suspendedMs
  }

  suspend(ms: number): void {
    this.#suspendedMs += ms
  }
}
