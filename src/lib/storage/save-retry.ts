import { Condition } from '../async/condition.ts'
import type { Clock } from '../clock.ts'
import type { AppError } from '../errors.ts'
import { errorFields, type Log } from '../log.ts'

export interface SaveRetryOptions {
  readonly clock: Clock
  readonly log: Log
  /** Called each time the problem that prevents saving changes; undefined: everything is saved. */
  readonly onChange: (problem: AppError | undefined) => void
}

interface Unsaved {
  readonly error: AppError
  readonly again: () => void
}

/** Time from a failed save to the next try. */
const againMs = 60_000

/**
 * Values that could not be saved because the disk is full or read-only. Logs the problem once, retries every
 * minute, and logs once more when everything is saved.
 */
export class SaveRetry {
  readonly #options: SaveRetryOptions
  readonly #failed = new Condition()
  readonly #unsaved = new Map<string, Unsaved>()

  constructor(options: SaveRetryOptions) {
    this.#options = options
  }

  /** The problem that prevents saving; undefined: everything is saved. */
  get problem(): AppError | undefined {
    const [first] = this.#unsaved.values()
    return first?.error
  }

  /**
   * @param again saves the same value again; what it throws is ignored, because the failed save calls this
   * method too
   */
  failed(file: string, error: AppError, again: () => void): void {
    const isFirst = this.#unsaved.size === 0
    this.#unsaved.set(file, { error, again })
    if (!isFirst) return
    this.#options.log.error(
      'The disk takes nothing: the music plays on, but a restart would not go on with it. Trying again each minute',
      errorFields(error),
    )
    this.#failed.notifyAll()
    this.#options.onChange(error)
  }

  saved(file: string): void {
    if (!this.#unsaved.delete(file) || this.#unsaved.size > 0) return
    this.#options.log.info('All is on the disk again')
    this.#options.onChange(undefined)
  }

  /** Retries until `signal` aborts. @throws signal.reason */
  async run(signal: AbortSignal): Promise<void> {
    for (;;) {
      while (this.#unsaved.size === 0) await this.#failed.wait(signal)
      await this.#options.clock.sleep(againMs, signal)
      for (const { again } of [...this.#unsaved.values()]) {
        try {
          again()
        } catch {
          // failed() has reported it.
        }
      }
    }
  }
}
