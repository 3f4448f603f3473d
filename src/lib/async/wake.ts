/** Lets a loop wait for work. A wake that comes before the wait is not lost. */
export class Wake {
  #pending = false
  #resume: (() => void) | undefined

  wake(): void {
    if (this.#resume === undefined) this.#pending = true
    else this.#resume()
  }

  /** Resolves at the next wake, at once if one came since the last wait, or when `signal` aborts. One waiter only. */
  async wait(signal: AbortSignal): Promise<void> {
    if (!this.#pending && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const resume = (): void => {
          signal.removeEventListener('abort', resume)
          resolve()
        }
        signal.addEventListener('abort', resume)
        this.#resume = resume
      })
    }
    this.#resume = undefined
    this.#pending = false
  }
}
