/** Publishes once for several changes in one turn of the event loop, then runs what depends on it. */
export class Coalesced {
  readonly #publishNow: () => void
  #isStale = false
  #afterwards: (() => void)[] = []

  constructor(publishNow: () => void) {
    this.#publishNow = publishNow
  }

  changed(): void {
    if (this.#isStale) return
    this.#isStale = true
    setImmediate(() => {
      if (this.#isStale) this.publish()
    })
  }

  /** Publishes now, then runs what waits for it. */
  publish(): void {
    this.#isStale = false
    this.#publishNow()
    for (const next of this.#afterwards.splice(0)) next()
  }

  /**
   * Consumers read `state` when an event arrives: `event` runs after the state is published, at once if it
   * already is.
   */
  afterwards(event: () => void): void {
    if (this.#isStale) this.#afterwards.push(event)
    else event()
  }
}
