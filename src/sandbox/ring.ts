/** The last `capacity` items, oldest first: bounds the memory of a sandbox that keeps running. */
export class Ring<T> {
  readonly #capacity: number
  #kept: (T | undefined)[] = []
  #added = 0

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  add(item: T): void {
    this.#kept[this.#added % this.#capacity] = item
    this.#added++
  }

  clear(): void {
    this.#kept = []
    this.#added = 0
  }

  /** How many items were added since the last `clear`. */
  get added(): number {
    return this.#added
  }

  list(): T[] {
    const first = Math.max(0, this.#added - this.#capacity)
    const listed: T[] = []
    for (let i = first; i < this.#added; i++) {
      const item = this.#kept[i % this.#capacity]
      if (item !== undefined) listed.push(item)
    }
    return listed
  }
}
