import type { Clock } from '../../lib/clock.ts'

export interface StartBrakeOptions {
  readonly clock: Clock
  /** What had to wait may start now. */
  readonly onRested: () => void
}

/** An entity that is over sooner counts as short, unless it is no longer than that by its own length. */
const shortMs = 3_000
/** A length below this is taken for a fault of the service or the stream, and not for music. */
const shortestMusicMs = 1_000
/** Short ones in a row that follow each other without a wait: jingles, a damaged file or two. */
const mostFree = 3
/** Short ones in a row after which nothing more is tried. */
export const mostShort = 10
const longestRestMs = 30_000

/**
 * Keeps entities that are over as soon as they begin from becoming a loop of starts: each start costs several calls to the
 * service. After a few in a row the next one waits, 1, 2, 4, … seconds, and after {@link mostShort} there is none.
 * Only what ends by itself counts: a person may skip as fast as they like.
 */
export class StartBrake {
  readonly #options: StartBrakeOptions
  #inARow = 0
  /** The wait for the present number in a row is over. */
  #isRested = false
  #resting: AbortController | undefined

  constructor(options: StartBrakeOptions) {
    this.#options = options
  }

  /** An entity is over, `ageMs` after it was asked for. @param durationMs its length; undefined: not known */
  over(ageMs: number, durationMs: number | undefined): void {
    const isWhole = durationMs !== undefined && durationMs >= shortestMusicMs && ageMs >= durationMs
    this.#inARow = ageMs < shortMs && !isWhole ? this.#inARow + 1 : 0
    this.#isRested = false
  }

  /** Somebody wants to hear something. */
  release(): void {
    this.cancel()
    this.#inARow = 0
  }

  /** Nothing is to start by itself any more. */
  cancel(): void {
    this.#resting?.abort()
    this.#resting = undefined
  }

  /** Whether the next one is to wait. */
  get isOn(): boolean {
    return this.#inARow >= mostFree
  }

  get isHopeless(): boolean {
    return this.#inARow >= mostShort
  }

  /** Whether the next entity may start now; if not, `onRested` is called when it may. */
  mayStart(): boolean {
    if (!this.isOn || this.#isRested) return true
    if (this.#resting === undefined) {
      const resting = new AbortController()
      this.#resting = resting
      void this.#rest(resting)
    }
    return false
  }

  async #rest(resting: AbortController): Promise<void> {
    const { clock, onRested } = this.#options
    const restMs = Math.min(1_000 * 2 ** (this.#inARow - mostFree), longestRestMs)
    await clock.sleep(restMs, resting.signal).catch(() => undefined)
    if (this.#resting !== resting) return
    this.#resting = undefined
    this.#isRested = true
    onRested()
  }
}
