import type { Clock } from '../../lib/clock.ts'
import type { ErrorCode } from '../../lib/error-codes.ts'
import { toAppError } from '../../lib/errors.ts'
import { errorFields, type Log } from '../../lib/log.ts'
import { detach } from '../../lib/async/tasks.ts'

const everyMs = 60_000

/**
 * Logs refused commands: the first of each error code at once, then once a minute how many more there were. A
 * slider sends a volume for each pixel, and a faulty script fails each time.
 */
export class RefusalLog {
  readonly #clock: Clock
  readonly #log: Log
  readonly #life: AbortSignal
  /** Further refusals by code since the last line; undefined while no minute is running. */
  #more: Map<ErrorCode, number> | undefined

  /** @param life aborts the pending wait */
  constructor(clock: Clock, log: Log, life: AbortSignal) {
    this.#clock = clock
    this.#log = log
    this.#life = life
  }

  note(command: string, error: unknown): void {
    const { code, kind } = toAppError(error)
    const fields = { command, ...errorFields(error) }
    if (kind === 'internal') this.#log.error('A command was refused', fields)
    // The sender has replaced this command itself.
    else if (code === 'command/superseded') this.#log.debug('A command was refused', fields)
    else if (this.#isFirst(code)) this.#log.info('A command was refused', fields)
  }

  /** Logs the remaining counts. */
  close(): void {
    for (const [code, times] of this.#more ?? []) {
      if (times > 0) this.#log.info('More commands were refused', { code, times })
    }
    this.#more = undefined
  }

  #isFirst(code: ErrorCode): boolean {
    const more = (this.#more ??= this.#begin())
    const times = more.get(code)
    more.set(code, times === undefined ? 0 : times + 1)
    return times === undefined
  }

  #begin(): Map<ErrorCode, number> {
    const over = this.#clock.sleep(everyMs, this.#life).then(() => this.close())
    // The sleep rejects only when aborted.
    detach(over, this.#life, () => undefined)
    return new Map()
  }
}
