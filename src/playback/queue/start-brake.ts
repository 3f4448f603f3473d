import type { Clock } from '../../lib/clock.ts'

export interface StartBrakeOptions {
  readonly clock: Clock
  /** The entity that had to wait may start now. */
  readonly onRested: () => void
}

/** An entity that ends sooner counts as short, unless its own length is shorter. */
const shortMs = 3_000
/** A length below this is taken for a fault of the service or the stream, and not for music. */
const shortestMusicMs = 1_000
/** Short entities in a row that start without a wait: jingles, a damaged file or two. */
const mostFree = 3
/** Short entities in a row after which playback stops. */
export const mostShort = 10
const longestRestMs = 30_000

/**
 * Prevents a loop of starts by entities that end as soon as they begin: each start costs several calls to the
 * service. After a few in a row the next one waits 1, 2, 4, … seconds; after {@link mostShort} none starts.
 * Only entities that end by themselves count: a user may skip as fast as they like.
 */
export class StartBrake {
  readonly #options: StartBrakeOptions
  #inARow = 0
  /** Whether the wait for the current number in a row is over. */
  #isRested = false
  #resting: AbortController | undefined

  constructor(options: StartBrakeOptions) {
    this.#options = options
  }

  /**
   * An entity has ended, `ageMs` after it was requested. @param durationMs its length; undefined: not known
   */
  over(ageMs: number, durationMs: number | undefined): void {
    const isWhole = durationMs !== undefined && durationMs >= shortestMusicMs && ageMs >= durationMs
    this.#inARow = ageMs < shortMs && !isWhole ? this.#inARow + 1 : 0
    this.#isRested = false
  }

  /** Resets the count and ends a wait, for a command. */
  release(): void {
    this.cancel()
    this.#inARow = 0
  }

  /** Cancels a wait: nothing starts by itself any more. */
  cancel(): void {
    this.#resting?.abort()
    this.#resting = undefined
  }

  /** Whether the next entity has to wait. */
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
