import { createLog, logLevels, type Log, type LogLevel, type LogLine } from '../lib/log.ts'
import type { Terminal } from '../login-display/terminal-display.ts'

export interface DaemonLog {
  readonly log: Log
  /** Also publishes lines at or above `level`; before this call none are published. */
  readonly publishTo: (publish: (line: LogLine) => void, level: LogLevel | 'off') => void
}

/**
 * The agent's log: JSON for a journal, plain text for a terminal, and optionally topic `log`.
 *
 * @param onLine called with every line, regardless of `level`. Must not log
 * @param journal whether `terminal` is systemd's journal
 */
export function createDaemonLog(
  terminal: Terminal,
  level: LogLevel,
  onLine: (line: LogLine) => void,
  journal: boolean,
): DaemonLog {
  let publish: ((line: LogLine) => void) | undefined
  let most = -1
  const log = createLog({
    level,
    write: (line) => terminal.write(line),
    pretty: terminal.isTTY === true,
    journal,
    onLine(line) {
      onLine(line)
      const publishing = publish
      if (publishing === undefined || logLevels.indexOf(line.level) > most) return
      // Lines logged while publishing must not be published in turn.
      publish = undefined
      publishing(line)
      publish = publishing
    },
  })
  return {
    log,
    publishTo(to, publishedLevel) {
      if (publishedLevel === 'off') return
      most = logLevels.indexOf(publishedLevel)
      publish = to
    },
  }
}
