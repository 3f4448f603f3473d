/** Runs a job and returns its result. */
type RunJob = <T>(job: () => Promise<T>) => Promise<T>

/** Runs jobs one after the other in the order they were given, even after one that throws. */
export class Serial {
  readonly #runJob: RunJob
  #last: Promise<unknown> = Promise.resolve()

  /** @param runJob runs each job in its turn; lets the owner watch the run */
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
