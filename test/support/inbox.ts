/**
 * Things that happen, in order, for tests that wait for one of them: what has come already counts, each is taken
 * once, and nothing is waited for longer than a bound.
 */
export class Inbox<T> {
  readonly #items: T[] = []
  readonly #waiting = new Set<() => void>()

  push(item: T): void {
    this.#items.push(item)
    for (const look of [...this.#waiting]) look()
  }

  /** What has come and was not taken. */
  get left(): readonly T[] {
    return this.#items
  }

  /** Takes the first that matches, now or when it comes; those before it stay. */
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
