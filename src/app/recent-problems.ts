import type { LogLine } from '../lib/log.ts'
import { shortened } from '../diagnostics/shortened.ts'

/** A warning or an error, and how often it was logged. */
export interface RecentProblem {
  /** Time of the latest occurrence, ISO 8601. */
  readonly at: string
  readonly level: 'warn' | 'error'
  readonly name: string
  readonly message: string
  readonly code: string | null
  readonly times: number
}

/** Distinct problems, the latest last. */
export interface RecentProblems {
  readonly all: readonly RecentProblem[]
  note(line: LogLine, nowEpochMs: number): void
}

const most = 30
const longestMessage = 400

/** The last warnings and errors of the log, for `doctor`. In memory only, to save writes to SD cards. */
export function createRecentProblems(): RecentProblems {
  const troubles = new Map<string, RecentProblem>()
  return {
    get all() {
      return [...troubles.values()]
    },
    note({ level, name, msg, fields }, nowEpochMs) {
      if (level !== 'warn' && level !== 'error') return
      const { code, error } = fields
      const message = shortened(typeof error === 'string' ? `${msg}: ${error}` : msg, longestMessage)
      const key = JSON.stringify([name, message, code])
      const times = (troubles.get(key)?.times ?? 0) + 1
      // Inserting it again moves it to the end.
      troubles.delete(key)
      troubles.set(key, {
        at: new Date(nowEpochMs).toISOString(),
        level,
        name,
        message,
        code: typeof code === 'string' ? code : null,
        times,
      })
      const [oldest] = troubles.keys()
      if (troubles.size > most && oldest !== undefined) troubles.delete(oldest)
    },
  }
}
