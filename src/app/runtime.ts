import type { SignalGroup } from '../lib/child-process.ts'
import type { Clock } from '../lib/clock.ts'
import type { Terminal } from '../login-display/terminal-display.ts'
import type { Environment, Facts } from '../settings/setting.ts'

/** The process as values: what main.ts hands to everything else. */
export interface Runtime {
  readonly argv: readonly string[]
  readonly env: Environment
  readonly facts: Facts
  readonly clock: Clock
  /** Returns [0, 1). */
  readonly random: () => number
  readonly stdout: Terminal
  readonly stderr: Terminal
  /** Resident memory, in bytes. */
  readonly rssBytes: () => number
  /** Milliseconds since the process began. */
  readonly uptimeMs: () => number
  /** Such as `v22.11.0`. */
  readonly nodeVersion: string
  readonly signalGroup: SignalGroup
  /** Aborts with what was thrown where nobody catches: in a timer, in a library's callback. The signal to stop follows. */
  readonly fault: AbortSignal
  /** Has Node ask the system for its time zone again. Undefined where TZ gives one for good. */
  readonly rereadTimeZone?: () => void
  /** Of this process: systemd speaks to it by that. */
  readonly pid: number
}
