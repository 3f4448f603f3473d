import type { SignalGroup } from '../lib/child-process.ts'
import type { Clock } from '../lib/clock.ts'
import type { Terminal } from '../login-display/terminal-display.ts'
import type { Environment, Facts } from '../settings/setting.ts'

/** The process as values, passed by main.ts to everything else. */
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
  /** Milliseconds since the process started. */
  readonly uptimeMs: () => number
  /** Such as `v22.11.0`. */
  readonly nodeVersion: string
  readonly signalGroup: SignalGroup
  /** Aborts with an uncaught error, as of a timer or callback. The signal to stop follows. */
  readonly fault: AbortSignal
  /** Makes Node ask the system for the time zone again. Undefined when TZ fixes it. */
  readonly rereadTimeZone?: () => void
  /** Process id; systemd needs it. */
  readonly pid: number
}
