import { startChild } from '../lib/child-process.ts'
import type { Clock } from '../lib/clock.ts'
import { AppError } from '../lib/errors.ts'
import { errorFields, type Log } from '../lib/log.ts'
import { assignments, type Told } from './status-fields.ts'

interface NotifyCommandOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly log: Log
}

const program = 'systemd-notify'
/** It waits by itself, for at most 5 s, until systemd has read what it said. */
const limitMs = 6_000
const graceMs = 1_000
/** A machine that is too busy for a program has no time for it a moment later either. */
const againMs = 1_000
const mostTries = 3

/**
 * Tells systemd by the program `systemd-notify`, a child process of some 26 ms each time: one at a time, and what
 * comes meanwhile goes out as one message, with the newest of each. What did not arrive is said again: without one meal
 * of two the watchdog kills the agent. The unit needs NotifyAccess=all.
 */
export class NotifyCommand {
  readonly #options: NotifyCommandOptions
  #waiting: Told = {}
  #running: Promise<void> | undefined
  #isFailing = false

  constructor(options: NotifyCommandOptions) {
    this.#options = options
  }

  tell(words: Told): void {
    this.#waiting = { ...this.#waiting, ...words }
    this.#running ??= this.#run()
  }

  async settled(): Promise<void> {
    await this.#running
  }

  async #run(): Promise<void> {
    for (let lines = this.#take(); lines.length > 0; lines = this.#take()) {
      const problem = await this.#insist(lines)
      if (problem !== undefined && !this.#isFailing) {
        const failure = new AppError('service/notify', `${program}: ${problem}`)
        this.#options.log.warn('systemd could not be told how the agent is', errorFields(failure))
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

  /** @returns why it could not be said, in less than half a minute */
  async #insist(lines: readonly string[]): Promise<string | undefined> {
    let problem = await this.#send(lines)
    for (let tries = 1; tries < mostTries && problem !== undefined; tries++) {
      await this.#options.clock.sleep(againMs, new AbortController().signal)
      problem = await this.#send(lines)
    }
    return problem
  }

  /** @returns why it could not be said */
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
