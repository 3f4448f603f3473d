import { createLog, type Log, type LogLevel } from '../../src/lib/log.ts'

/** The real log, kept in memory. */
export interface LogSink {
  readonly log: Log
  /** All output as one text. */
  readonly text: () => string
  /** The same lines parsed. */
  lines(): readonly Readonly<Record<string, unknown>>[]
}

export function logSink(level: LogLevel = 'trace'): LogSink {
  const written: string[] = []
  return {
    log: createLog({ level, write: (line) => written.push(line) }),
    text: () => written.join(''),
    lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>),
  }
}
