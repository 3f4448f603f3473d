import { createLog } from '../lib/log.ts'
import { WallClock, type DateJudge } from '../lib/wall-clock.ts'
import type { Runtime } from '../app/runtime.ts'
import { notBeforeEpochMs } from '../version.ts'

/** Distinguishes a wrong clock from an expired certificate, and remembers the time that servers reported. */
export interface ClockJudge extends DateJudge {
  /**
   * How far this clock is ahead of a server whose certificate was refused because of its dates, in
   * milliseconds.
   */
  readonly heardErrorMs: number | undefined
}

/** For a single command: assumes that nobody sets the clock meanwhile. */
export function createClockJudge({ clock }: Pick<Runtime, 'clock'>): ClockJudge {
  const log = createLog({ level: 'silent', write: () => undefined })
  const wallClock = new WallClock({ clock, notBeforeEpochMs, log, onSet: () => undefined })
  let heardErrorMs: number | undefined
  return {
    // Ask servers for the date even if the clock is certainly wrong: the error helps whoever sets the clock.
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
