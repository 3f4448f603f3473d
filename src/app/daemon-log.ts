import { createLog, logLevels, type Log, type LogLevel, type LogLine } from '../lib/log.ts'
import type { Terminal } from '../login-display/terminal-display.ts'

export interface DaemonLog {
  readonly log: Log
  /** Also publishes lines, at and above `level`; before this is called none are. */
  readonly publishTo: (publish: (line: LogLine) => void, level: LogLevel | 'off') => void
}

/**
 * The agent's log: JSON for a journal, words for a terminal, and if wanted the topic `log`.
 *
 * @param onLine told of every line, whatever `level` is. Must not log
 * @param journal `terminal` is systemd's journal
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
      // What publishing itself logs must not be published in turn.
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
