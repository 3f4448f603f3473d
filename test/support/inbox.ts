/**
 * A queue of events for tests that wait for one of them. Earlier events count, each is taken once, and every
 * wait has a time-out.
 */
export class Inbox<T> {
  readonly #items: T[] = []
  readonly #waiting = new Set<() => void>()

  push(item: T): void {
    this.#items.push(item)
    for (const look of [...this.#waiting]) look()
  }

  /** Events that were not taken. */
  get left(): readonly T[] {
    return this.#items
  }

  /** Takes the first event that matches, now or when it arrives. Leaves the events before it. */
  next(what: string, matches: (item: T) => boolean = () => true, timeoutMs = 10_000): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(look)
        reject(new Error(`${what}: not within ${timeoutMs} ms; there is ${this.#shown()}`))
      }, timeoutMs)
      const look = (): void => {
        const index = this.#items.findIndex(matches)
        if (index < 0) return
        clearTimeout(timer)
        this.#waiting.delete(look)
        resolve(...(this.#items.splice(index, 1) as [T]))
      }
      this.#waiting.add(look)
      look()
    })
  }

  #shown(): string {
    return (
      this.#items
        .map((item) => JSON.stringify(item))
        .join(', ')
        .slice(0, 1_000) || 'nothing'
    )
  }
}
