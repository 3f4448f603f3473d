import { createLog } from '../lib/log.ts'
import { WallClock, type DateJudge } from '../lib/wall-clock.ts'
import type { Runtime } from '../app/runtime.ts'
import { notBeforeEpochMs } from '../version.ts'

/** Tells a wrong clock from a certificate that has run out, and keeps what servers said of the time. */
export interface ClockJudge extends DateJudge {
  /** How far the clock was ahead of a server's whose certificate was refused for its dates, in milliseconds. */
  readonly heardErrorMs: number | undefined
}

/** For one command, in which nobody sets the clock. */
export function createClockJudge({ clock }: Pick<Runtime, 'clock'>): ClockJudge {
  const log = createLog({ level: 'silent', write: () => undefined })
  const wallClock = new WallClock({ clock, notBeforeEpochMs, log, onSet: () => undefined })
  let heardErrorMs: number | undefined
  return {
    // Also of a clock that cannot be right: how far it is off helps who has to set it.
    wantsDate: true,
    heard(date) {
      const epochMs = Date.parse(date ?? '')
      if (!Number.isNaN(epochMs)) heardErrorMs = clock.epochMs() - epochMs
      wallClock.heard(date)
    },
    judge: (nodeCode) => wallClock.judge(nodeCode),
    timesSet: () => wallClock.timesSet(),
    get heardErrorMs() {
      return heardErrorMs
    },
  }
}
