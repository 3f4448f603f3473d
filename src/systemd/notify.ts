import type { Clock } from '../lib/clock.ts'
import { AppError } from '../lib/errors.ts'
import { errorFields, type Log } from '../lib/log.ts'
import { assignments, NotifyCommand, type Notification } from './notify-command.ts'
import { notifyDescriptor, writeTo } from './notify-descriptor.ts'

/** The connection to systemd. */
export interface Notify {
  /** Returns at once and never throws. Values are one line each. */
  notify(notification: Notification): void
  /** Resolves when every notification has been sent or has failed. */
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
 * Uses the socket that systemd opened for us (OpenFile=, since systemd 253), else the program
 * `systemd-notify`: Node.js has no datagram Unix sockets. Undefined when the agent does not run under
 * systemd.
 */
export function openNotify(options: NotifyOptions): Notify | undefined {
  const { env, pid, log } = options
  const socket = env['NOTIFY_SOCKET'] ?? ''
  const command = socket === '' ? undefined : new NotifyCommand(options)
  let descriptor = notifyDescriptor(env, pid)
  if (descriptor === undefined) return command

  return {
    notify(notification) {
      if (descriptor !== undefined) {
        try {
          writeTo(descriptor, assignments(notification))
          return
        } catch (error) {
          descriptor = undefined
          const { code = 'failed' } = error as NodeJS.ErrnoException
          const failure = new AppError('service/notify', `systemd's socket cannot be written (${code})`)
          log.warn('The socket to systemd failed; using systemd-notify from now on', errorFields(failure))
        }
      }
      command?.notify(notification)
    },
    settled: () => command?.settled() ?? Promise.resolve(),
  }
}
