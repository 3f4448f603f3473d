import { startChild } from '../lib/child-process.ts'
import type { Clock } from '../lib/clock.ts'
import { AppError } from '../lib/errors.ts'
import { errorFields, type Log } from '../lib/log.ts'

/** Assignments of sd_notify(3). Values are one line each. */
export type Notification = Readonly<Partial<Record<'READY' | 'STATUS' | 'WATCHDOG' | 'STOPPING', string>>>

/** One `NAME=value` each. */
export function assignments(notification: Notification): readonly string[] {
  return Object.entries(notification).map(([name, value]) => `${name}=${value}`)
}

interface NotifyCommandOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly log: Log
}

const program = 'systemd-notify'
/** The program itself waits up to 5 s until systemd has read the message. */
const limitMs = 6_000
const graceMs = 1_000
/** A machine that is too busy to run a program needs a moment. */
const retryMs = 1_000
const mostTries = 3

/**
 * Notifies systemd by the program `systemd-notify`, a child process of some 26 ms each time. One runs at a
 * time; notifications that arrive meanwhile are merged into one message, the newest value of each name. A
 * failed message is sent again: the watchdog kills the agent if two keep-alives in a row are lost. The unit
 * needs NotifyAccess=all.
 */
export class NotifyCommand {
  readonly #options: NotifyCommandOptions
  #waiting: Notification = {}
  #running: Promise<void> | undefined
  #isFailing = false

  constructor(options: NotifyCommandOptions) {
    this.#options = options
  }

  notify(notification: Notification): void {
    this.#waiting = { ...this.#waiting, ...notification }
    this.#running ??= this.#run()
  }

  async settled(): Promise<void> {
    await this.#running
  }

  async #run(): Promise<void> {
    for (let lines = this.#take(); lines.length > 0; lines = this.#take()) {
      const problem = await this.#sendWithRetries(lines)
      if (problem !== undefined && !this.#isFailing) {
        const failure = new AppError('service/notify', `${program}: ${problem}`)
        this.#options.log.warn('systemd could not be notified', errorFields(failure))
      }
      this.#isFailing = problem !== undefined
    }
    this.#running = undefined
  }

  #take(): readonly string[] {
    const lines = assignments(this.#waiting)
    this.#waiting = {}
    return lines
  }

  /** Takes less than half a minute. @returns why it failed */
  async #sendWithRetries(lines: readonly string[]): Promise<string | undefined> {
    let problem = await this.#send(lines)
    for (let tries = 1; tries < mostTries && problem !== undefined; tries++) {
      await this.#options.clock.sleep(retryMs, new AbortController().signal)
      problem = await this.#send(lines)
    }
    return problem
  }

  /** @returns why it failed */
  async #send(lines: readonly string[]): Promise<string | undefined> {
    const { env, clock } = this.#options
    let complaint: string | undefined
    try {
      const child = await startChild({
        program,
        args: lines,
        env: { PATH: env['PATH'], NOTIFY_SOCKET: env['NOTIFY_SOCKET'] },
        clock,
        onStderr: (line) => (complaint = line.slice(0, 200)),
      })
      child.stdin.end()
      child.stdout.resume()
      const over = new AbortController()
      void child.ended.then(() => over.abort())
      await clock.sleep(limitMs, over.signal).then(
        () => child.end(graceMs),
        () => undefined,
      )
      const { code, signal } = await child.ended
      return code === 0 ? undefined : (complaint ?? `ended with ${String(code ?? signal)}`)
    } catch (error) {
      return `cannot be started (${(error as NodeJS.ErrnoException).code ?? 'failed'})`
    }
  }
}
