import { ManualClock } from './manual-clock.ts'

/** A clock that counts suspend, while timers do not: after a suspend, a sleep takes the time it had left. */
export class SuspendingClock extends ManualClock {
  #suspendedMs = 0

  override monotonicMs(): number {
    return super.monotonicMs() + this.#suspendedMs
  }

  suspend(ms: number): void {
    this.#suspendedMs += ms
  }
}
