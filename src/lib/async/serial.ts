/** Runs a job, and gives what it comes to. */
type RunJob = <T>(job: () => Promise<T>) => Promise<T>

/** Runs jobs one after the other in the order they were given, whatever each of them throws. */
export class Serial {
  readonly #runJob: RunJob
  #last: Promise<unknown> = Promise.resolve()

  /** @param runJob runs each when its turn has come, where somebody wants to watch that */
  constructor(runJob: RunJob = (job) => job()) {
    this.#runJob = runJob
  }

  run<T>(job: () => Promise<T>): Promise<T> {
    const inTurn = (): Promise<T> => this.#runJob(job)
    const result = this.#last.then(inTurn, inTurn)
    this.#last = result.catch(() => undefined)
    return result
  }
}
