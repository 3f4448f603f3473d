import { AppError } from '../../lib/errors.ts'

/** No person and no reasonable program has more commands waiting. */
const mostWaiting = 64
/** Queries change nothing and run in parallel; the limit protects the service. */
const mostAtOnce = 8

interface Waiting {
  /** A newer entry with the same key replaces a waiting one: a slider sends a volume for each pixel. */
  readonly supersedes: string | undefined
  readonly run: () => Promise<void>
  readonly refuse: (error: AppError) => void
}

/**
 * Queues commands in the order of arrival: changes run one at a time, queries up to {@link mostAtOnce} in
 * parallel. Bounded; every entry is either run or refused, exactly once.
 */
export class CommandQueue {
  #changes: Waiting[] = []
  #questions: Waiting[] = []
  #changing = false
  #asking = 0
  #closed = false
  readonly #running = new Set<Promise<void>>()

  /** @param supersedes see {@link Waiting} */
  change(run: Waiting['run'], refuse: Waiting['refuse'], supersedes?: string): void {
    // Before the check for room: a replacement needs none of its own.
    if (!this.#closed && supersedes !== undefined) this.#supersede(supersedes)
    if (!this.#admits({ run, refuse, supersedes }, this.#changes)) return
    this.#changes.push({ run, refuse, supersedes })
    this.#nextChange()
  }

  ask(run: Waiting['run'], refuse: Waiting['refuse']): void {
    const entry = { run, refuse, supersedes: undefined }
    if (!this.#admits(entry, this.#questions)) return
    this.#questions.push(entry)
    this.#nextQuestion()
  }

  /** Refuses waiting and further entries; resolves when the running ones have ended. */
  async close(): Promise<void> {
    this.#closed = true
    const waiting = [...this.#changes, ...this.#questions]
    this.#changes = []
    this.#questions = []
    for (const { refuse } of waiting) refuse(stopping())
    await Promise.allSettled(this.#running)
  }

  #supersede(key: string): void {
    const older = this.#changes.findIndex((entry) => entry.supersedes === key)
    if (older < 0) return
    const [replaced] = this.#changes.splice(older, 1)
    replaced?.refuse(new AppError('command/superseded', 'A newer command took its place before it was begun'))
  }

  #admits(entry: Waiting, waiting: readonly Waiting[]): boolean {
    if (this.#closed) {
      entry.refuse(stopping())
      return false
    }
    if (waiting.length >= mostWaiting) {
      entry.refuse(new AppError('command/queue-full', `${mostWaiting} commands are waiting already`))
      return false
    }
    return true
  }

  #nextChange(): void {
    if (this.#changing) return
    const entry = this.#changes.shift()
    if (entry === undefined) return
    this.#changing = true
    this.#begin(entry, () => {
      this.#changing = false
      this.#nextChange()
    })
  }

  #nextQuestion(): void {
    while (this.#asking < mostAtOnce) {
      const entry = this.#questions.shift()
      if (entry === undefined) return
      this.#asking += 1
      this.#begin(entry, () => {
        this.#asking -= 1
        this.#nextQuestion()
      })
    }
  }

  #begin(entry: Waiting, ended: () => void): void {
    const running = entry.run().finally(() => {
      this.#running.delete(running)
      ended()
    })
    this.#running.add(running)
  }
}

function stopping(): AppError {
  return new AppError('command/stopping', 'The agent is stopping')
}
