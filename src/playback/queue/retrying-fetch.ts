import type { Clock } from '../../lib/clock.ts'
import { toAppError } from '../../lib/errors.ts'
import { backOffMs } from '../../lib/retry.ts'

export interface RetryingFetchOptions {
  readonly clock: Clock
  /** Asks the service once. */
  readonly fetch: (signal: AbortSignal) => Promise<void>
  /** `signal` aborts when the result is no longer wanted. */
  readonly onFetched: (signal: AbortSignal) => void
  /** @returns whether to try again */
  readonly onFailure: (error: unknown) => boolean
}

/** Fetches in the background, and retries while the service cannot be reached. One fetch at a time. */
export class RetryingFetch {
  readonly #options: RetryingFetchOptions
  #running: AbortController | undefined
  #isWaiting = false

  constructor(options: RetryingFetchOptions) {
    this.#options = options
  }

  /** Fetches now, unless a fetch is under way; a wait for the next attempt ends. */
  start(): void {
    if (this.#isWaiting) this.stop()
    if (this.#running !== undefined) return
    this.#running = new AbortController()
    void this.#run(this.#running)
  }

  /** Cancels the fetch. */
  stop(): void {
    this.#running?.abort()
    this.#running = undefined
    this.#isWaiting = false
  }

  async #run(own: AbortController): Promise<void> {
    const { clock, fetch, onFetched, onFailure } = this.#options
    const { signal } = own
    for (let attempt = 0; ; attempt++) {
      try {
        await fetch(signal)
        if (signal.aborted) return
        this.#running = undefined
        onFetched(signal)
        return
      } catch (error) {
        if (signal.aborted) return
        if (!onFailure(error)) {
          if (this.#running === own) this.#running = undefined
          return
        }
        if (isAborted(signal)) return
        this.#isWaiting = true
        await clock.sleep(waitMs(attempt, error), signal).catch(() => undefined)
        if (isAborted(signal)) return
        this.#isWaiting = false
      }
    }
  }
}

/** No jitter needed: agents do not retry in step, for each began to wait when its own entity ended. */
function waitMs(attempt: number, error: unknown): number {
  return Math.max(
    backOffMs(attempt, () => 0.5),
    toAppError(error).retryAfterMs ?? 0,
  )
}

function isAborted(signal: AbortSignal): boolean {
  return signal.aborted
}
