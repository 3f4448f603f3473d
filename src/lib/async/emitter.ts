/**
 * A source of events of one type. Parts are built first and subscribe afterwards, so events before the first
 * subscription are stored and delivered to that subscriber, in order. Every emitter must get a subscriber.
 */
export class Emitter<T> {
  readonly #listeners: ((value: T) => void)[] = []
  readonly #early: T[] = []

  /**
   * Bound, so it can be passed as a callback. Calls the listeners synchronously, in the order they
   * subscribed, and throws what they throw.
   */
  readonly emit = (value: T): void => {
    if (this.#listeners.length === 0) this.#early.push(value)
    for (const listener of this.#listeners) listener(value)
  }

  subscribe(listener: (value: T) => void): void {
    this.#listeners.push(listener)
    for (const value of this.#early.splice(0)) listener(value)
  }
}
