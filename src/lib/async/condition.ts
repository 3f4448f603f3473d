import type { Clock } from '../clock.ts'

/**
 * Lets code wait for a change. A notification carries no value: the waiter checks its condition again, so a
 * needless notification does no harm. A check and a wait without an `await` in between miss none.
 */
export class Condition {
  readonly #waiting = new Set<() => void>()

  notifyAll(): void {
    const woken = [...this.#waiting]
    this.#waiting.clear()
    for (const wake of woken) wake()
  }

  /** Resolves at the next notification, or rejects with `signal.reason`. */
  wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted()
      const stop = (): void => {
        this.#waiting.delete(wake)
        reject(signal.reason as Error)
      }
      const wake = (): void => {
        signal.removeEventListener('abort', stop)
        resolve()
      }
      signal.addEventListener('abort', stop, { once: true })
      this.#waiting.add(wake)
    })
  }

  /** Resolves after `ms` or at the next notification, whichever comes first; rejects with `signal.reason`. */
  async waitFor(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
    const over = new AbortController()
    const both = AbortSignal.any([signal, over.signal])
    try {
      await Promise.race([this.wait(both), clock.sleep(ms, both)])
    } finally {
      over.abort()
    }
  }
}
