import { setTimeout as sleep } from 'node:timers/promises'

import { systemClock } from '../../../src/lib/clock.ts'
import { ManualClock } from './manual-clock.ts'

/** A {@link ManualClock} that runs in real time. Only its wall clock can be set. */
export class RunningClock extends ManualClock {
  #wallAheadMs = 0

  override monotonicMs(): number {
    return systemClock.monotonicMs()
  }

  override epochMs(): number {
    return systemClock.epochMs() + this.#wallAheadMs
  }

  override sleep(ms: number, signal: AbortSignal): Promise<void> {
    return systemClock.sleep(ms, signal)
  }

  /** Cannot be advanced: waits for some real time instead. */
  override async advance(): Promise<void> {
    await sleep(10)
  }

  override jumpWallClock(ms: number): void {
    this.#wallAheadMs += ms
  }
}
