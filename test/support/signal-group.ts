import type { SignalGroup } from '../../src/base/child.ts'

/** As main.ts has it. */
export const signalGroup: SignalGroup = (groupId, signal) => {
  try {
    process.kill(-groupId, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
