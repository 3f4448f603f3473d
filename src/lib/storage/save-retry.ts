import { Condition } from '../async/condition.ts'
import type { Clock } from '../clock.ts'
import type { AppError } from '../errors.ts'
import { errorFields, type Log } from '../log.ts'

export interface SaveRetryOptions {
  readonly clock: Clock
  readonly log: Log
  /** What keeps things from the disk, each time that changes; undefined: all is on it. */
  readonly onChange: (problem: AppError | undefined) => void
}

interface Unsaved {
  readonly error: AppError
  readonly again: () => void
}

/** How long after a failed save the disk is tried again. */
const againMs = 60_000

/**
 * What could not be saved because the disk is full or read-only. Said once, tried again every minute, and said once more
 * when all is on the disk.
 */
export class SaveRetry {
  readonly #options: SaveRetryOptions
  readonly #failed = new Condition()
  readonly #unsaved = new Map<string, Unsaved>()

  constructor(options: SaveRetryOptions) {
    this.#options = options
  }

  /** What keeps things from the disk; undefined: all is on it. */
  get problem(): AppError | undefined {
    const [first] = this.#unsaved.values()
    return first?.error
  }

  /** @param again saves the same once more; what it throws is not looked at: it comes here anyway */
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

  /** Tries again until `signal` aborts. @throws signal.reason */
  async run(signal: AbortSignal): Promise<void> {
    for (;;) {
      while (this.#unsaved.size === 0) await this.#failed.wait(signal)
      await this.#options.clock.sleep(againMs, signal)
      for (const { again } of [...this.#unsaved.values()]) {
        try {
          again()
        } catch {
          // Told by failed().
        }
      }
    }
  }
}
