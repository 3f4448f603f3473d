import type { Clock } from '../../lib/clock.ts'
import { errorFields, type Log } from '../../lib/log.ts'

export interface FadeOptions {
  /** Sets the level, 0-100 on the player's cubic scale. */
  readonly apply: (percent: number) => Promise<void>
  readonly clock: Clock
  readonly log: Log
}

/** Short enough that steps are not audible. */
const stepMs = 50
/** Time to resume a fade after a failed {@link Fade.set}. */
const resumedMs = 300

interface Way {
  readonly to: number
  readonly cut: AbortController
  readonly over: Promise<void>
}

/**
 * Moves a level in even steps of the cubic scale, which sound even to the ear. A new call ends the fade under
 * way. When no fade runs, no timer runs.
 */
export class Fade {
  readonly #options: FadeOptions
  /** The level that the player accepted last; undefined: not known. */
  #level: number | undefined
  #way: Way | undefined

  constructor(options: FadeOptions) {
    this.#options = options
  }

  get isMoving(): boolean {
    return this.#way !== undefined
  }

  /**
   * Sets the level at once. @throws what `apply` throws: then the level is unchanged, or a fade continues to
   * its goal
   */
  async set(percent: number): Promise<void> {
    const before = this.#level
    const goal = this.#way?.to ?? before
    this.cut()
    this.#level = percent
    try {
      await this.#options.apply(percent)
    } catch (error) {
      if (this.#level === percent && this.#way === undefined) {
        this.#level = before
        if (goal !== undefined) void this.to(goal, resumedMs)
      }
      throw error
    }
  }

  /**
   * Fades to `percent` in `ms`; a fade to the same level keeps its pace. Resolves when it is done or cut
   * short. Never rejects: a failed step is logged, and the next steps are tried all the same.
   */
  to(percent: number, ms: number): Promise<void> {
    if (this.#way?.to === percent && ms > 0) return this.#way.over
    this.cut()
    if (this.#level === percent) return Promise.resolve()
    const cut = new AbortController()
    const over = this.#go(this.#level, percent, ms, cut.signal).finally(() => {
      if (this.#way?.cut === cut) this.#way = undefined
    })
    this.#way = { to: percent, cut, over }
    return over
  }

  /** Ends the fade at the current level. */
  cut(): void {
    this.#way?.cut.abort()
    this.#way = undefined
  }

  async #go(from: number | undefined, to: number, ms: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options
    if (from === undefined || ms <= 0) return this.#step(to, signal)
    const endsMs = clock.monotonicMs() + ms
    for (let leftMs = ms; leftMs > 0 && !signal.aborted;) {
      try {
        await clock.sleep(Math.min(stepMs, leftMs), signal)
      } catch {
        // Cut short.
        return
      }
      leftMs = Math.max(endsMs - clock.monotonicMs(), 0)
      await this.#step(to + ((from - to) * leftMs) / ms, signal)
    }
  }

  async #step(percent: number, signal: AbortSignal): Promise<void> {
    this.#level = percent
    try {
      await this.#options.apply(percent)
    } catch (error) {
      if (signal.aborted) return
      this.#level = undefined
      this.#options.log.debug('The player did not take a step of its volume', errorFields(error))
    }
  }
}
