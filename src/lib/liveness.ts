/** Added to each time limit, for a busy machine. */
const roomMs = 10_000

/** The heartbeat of one loop. */
export class Heartbeat {
  #leftMs = 0
  #isFresh = true

  /**
   * The loop is alive. Its next wait ends when {@link Liveness.check} wakes it or, with `limitMs`, by itself
   * within that time.
   */
  beat(limitMs?: number): void {
    this.#leftMs = limitMs === undefined ? 0 : limitMs + roomMs
    this.#isFresh = true
  }

  /** Awaits `job`, which has its own time limit of at most `limitMs`. Until then the loop counts as alive. */
  async during<T>(limitMs: number, job: Promise<T>): Promise<T> {
    this.beat(limitMs)
    try {
      return await job
    } finally {
      this.beat()
    }
  }

  /** Nothing is under way: the loop counts as alive until it begins something. */
  idle(): void {
    this.beat(Infinity)
  }

  /**
   * Runs `job`, which ends within `limitMs` by its own time limits, then is {@link idle}. One job at a time.
   */
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
    // A limit may have been set at any moment of that time, so it counts from this call on.
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

/** Checks that the loops still run (docs/decisions/watchdog.md). */
export class Liveness {
  readonly #members: Member[] = []

  /**
   * @param wake wakes the loop from a wait without a time limit, such as on a condition; the loop then calls
   * `beat`
   */
  join(name: string, wake: () => void = () => undefined): Heartbeat {
    const heartbeat = new Heartbeat()
    this.#members.push({ name, heartbeat, wake })
    return heartbeat
  }

  /**
   * Checks all loops. Each has one turn of the event loop to answer.
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
