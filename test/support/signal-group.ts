import type { SignalGroup } from '../../src/lib/child-process.ts'

/** Same as in main.ts. */
export const signalGroup: SignalGroup = (groupId, signal) => {
  try {
    return process.kill(-groupId, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    return false
  }
}
