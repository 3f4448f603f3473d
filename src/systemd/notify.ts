import type { Clock } from '../lib/clock.ts'
import { AppError } from '../lib/errors.ts'
import { errorFields, type Log } from '../lib/log.ts'
import { NotifyCommand } from './notify-command.ts'
import { notifyDescriptor, writeTo } from './notify-descriptor.ts'
import { assignments, type Told } from './status-fields.ts'

/** The way to systemd. */
export interface Notify {
  /** Returns at once and never throws. Values are one line each. */
  tell(words: Told): void
  /** Resolves when all has been told, or cannot be. */
  settled(): Promise<void>
}

export interface NotifyOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The agent's own process id. */
  readonly pid: number
  readonly clock: Clock
  readonly log: Log
}

/**
 * The socket that systemd opened for us (OpenFile=, since systemd 253), else the program `systemd-notify`. Undefined
 * when nobody waits to be told. Node has no sockets of this kind, and a native module is none of our business.
 */
export function openNotify(options: NotifyOptions): Notify | undefined {
  const { env, pid, log } = options
  const socket = env['NOTIFY_SOCKET'] ?? ''
  const command = socket === '' ? undefined : new NotifyCommand(options)
  let descriptor = notifyDescriptor(env, pid)
  if (descriptor === undefined) return command

  return {
    tell(words) {
      if (descriptor !== undefined) {
        try {
          writeTo(descriptor, assignments(words))
          return
        } catch (error) {
          descriptor = undefined
          const { code = 'failed' } = error as NodeJS.ErrnoException
          const failure = new AppError('service/notify', `systemd's socket cannot be written (${code})`)
          log.warn('systemd is told by another way from now on, if there is one', errorFields(failure))
        }
      }
      command?.tell(words)
    },
    settled: () => command?.settled() ?? Promise.resolve(),
  }
}
