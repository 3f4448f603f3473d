/**
 * A source of events of one type. Parts are built first and subscribed to afterwards, so what is emitted before the
 * first subscription is kept and delivered to that subscriber, in order. Every emitter must get a subscriber.
 */
export class Emitter<T> {
  readonly #listeners: ((value: T) => void)[] = []
  readonly #early: T[] = []

  /** Bound: it can be passed as a callback. Calls listeners at once, in the order they subscribed; passes on what they throw. */
  readonly emit = (value: T): void => {
    if (this.#listeners.length === 0) this.#early.push(value)
    for (const listener of this.#listeners) listener(value)
  }

  subscribe(listener: (value: T) => void): void {
    this.#listeners.push(listener)
    for (const value of this.#early.splice(0)) listener(value)
  }
}
