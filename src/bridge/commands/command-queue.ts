import { AppError } from '../../lib/errors.ts'

/** More than this many waiting is no person and no sensible program. */
const mostWaiting = 64
/** Questions change nothing, so they need not wait for each other; the number only spares the service. */
const mostAtOnce = 8

interface Waiting {
  /** A newer entry with the same key takes the place of one that waits: a slider sends a volume for each pixel. */
  readonly supersedes: string | undefined
  readonly run: () => Promise<void>
  readonly refuse: (error: AppError) => void
}

/**
 * What senders want, in the order it came: changes one at a time, questions up to {@link mostAtOnce} side by side.
 * Bounded; every entry is run or refused, exactly once.
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
    // First: what takes the place of another needs no room of its own.
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

  /** Refuses what still waits, and all that comes; resolves when what was begun has ended. */
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
