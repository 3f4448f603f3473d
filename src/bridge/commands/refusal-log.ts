import type { Clock } from '../../lib/clock.ts'
import type { ErrorCode } from '../../lib/error-codes.ts'
import { toAppError } from '../../lib/errors.ts'
import { errorFields, type Log } from '../../lib/log.ts'
import { detach } from '../../lib/async/tasks.ts'

const everyMs = 60_000

/**
 * Logs refused commands: the first of each code at once, and how many more there were once a minute. A slider sends a
 * volume for each pixel, and a script that is wrong is wrong each time.
 */
export class RefusalLog {
  readonly #clock: Clock
  readonly #log: Log
  readonly #life: AbortSignal
  /** How many more of each code since the last line; undefined while no minute runs. */
  #more: Map<ErrorCode, number> | undefined

  /** @param life ends what waits */
  constructor(clock: Clock, log: Log, life: AbortSignal) {
    this.#clock = clock
    this.#log = log
    this.#life = life
  }

  note(command: string, error: unknown): void {
    const { code, kind } = toAppError(error)
    const fields = { command, ...errorFields(error) }
    if (kind === 'internal') this.#log.error('A command was refused', fields)
    // Nothing was refused that anybody still wanted.
    else if (code === 'command/superseded') this.#log.debug('A command was refused', fields)
    else if (this.#isFirst(code)) this.#log.info('A command was refused', fields)
  }

  /** Says what is still unsaid. */
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
    // A sleep fails only by being aborted.
    detach(over, this.#life, () => undefined)
    return new Map()
  }
}
