/** Room for a machine that is busy, beside each time limit. */
const roomMs = 10_000

/** What one loop says of itself. */
export class Heartbeat {
  #leftMs = 0
  #isFresh = true

  /**
   * The loop is alive. Its next wait ends when {@link Liveness.check} wakes it or, with `limitMs`, by itself within
   * that time.
   */
  beat(limitMs?: number): void {
    this.#leftMs = limitMs === undefined ? 0 : limitMs + roomMs
    this.#isFresh = true
  }

  /** Waits for `job`, which ends within `limitMs` by a time limit of its own: till then the loop counts as here. */
  async during<T>(limitMs: number, job: Promise<T>): Promise<T> {
    this.beat(limitMs)
    try {
      return await job
    } finally {
      this.beat()
    }
  }

  /** Nothing is under way, and nothing need be: here until something is begun. */
  idle(): void {
    this.beat(Infinity)
  }

  /** Does `job`, which ends within `limitMs` by time limits of its own, and is {@link idle} after it. One at a time. */
  async busy<T>(limitMs: number, job: () => Promise<T>): Promise<T> {
    this.beat(limitMs)
    try {
      return await job()
    } finally {
      this.idle()
    }
  }

  /** For {@link Liveness.check}: this much time has passed since the last check. */
  elapse(elapsedMs: number): void {
    // When in that time a limit was set is not known; it counts from this call on.
    if (!this.#isFresh) this.#leftMs -= elapsedMs
    this.#isFresh = false
  }

  /** For {@link Liveness.check}: {@link beat} was called since {@link elapse}, or a limit still runs. */
  get isAlive(): boolean {
    return this.#isFresh || this.#leftMs > 0
  }
}

interface Member {
  readonly name: string
  readonly heartbeat: Heartbeat
  readonly wake: () => void
}

/** Asks loops whether they still go round (docs/decisions/watchdog.md). */
export class Liveness {
  readonly #members: Member[] = []

  /** @param wake wakes the loop where it waits without a time limit, such as by its condition: it then calls `beat` */
  join(name: string, wake: () => void = () => undefined): Heartbeat {
    const heartbeat = new Heartbeat()
    this.#members.push({ name, heartbeat, wake })
    return heartbeat
  }

  /**
   * Checks all loops, and gives each one turn of the event loop to answer.
   *
   * @param elapsedMs since the last call, without the time the machine was suspended
   * @returns the names of the loops that did not answer
   */
  async check(elapsedMs: number): Promise<readonly string[]> {
    for (const { heartbeat } of this.#members) heartbeat.elapse(elapsedMs)
    for (const { wake } of this.#members) wake()
    await new Promise((resolve) => setImmediate(resolve))
    return this.#members.filter(({ heartbeat }) => !heartbeat.isAlive).map(({ name }) => name)
  }
}
