import type { Clock } from '../../lib/clock.ts'
import { errorFields, type Log } from '../../lib/log.ts'
import type { PlayerItem } from './player.ts'
import { withAnswerTimeout, type PlayerInstance } from './player-instance.ts'

export interface NextItemOptions {
  /** The life that the present item lies on, if it lies on one. */
  readonly present: () => PlayerInstance | undefined
  readonly clock: Clock
  readonly log: Log
}

/** What follows the present item. */
interface DesiredItem {
  readonly item: PlayerItem
  /** Who asked was told that it will follow by itself. */
  isPromised: boolean
  /** The present life goes on to it without being told again. */
  isSure: boolean
}

/** What comes of the end of the present item. */
export interface Following {
  /** What is on now, because that was promised. */
  readonly item: PlayerItem | undefined
  /** The life goes on to `item` by itself. */
  readonly isSure: boolean
  /** The life may have gone on to something, be it wished or not. */
  readonly isAnyone: boolean
}

/**
 * What follows the present item by itself: what is wished, what was promised of it, and what the life that the item
 * lies on was told. A promise outlasts the life; the next one is told again.
 */
export class NextItem {
  readonly #options: NextItemOptions
  #next: DesiredItem | undefined
  /** The life may go on to something when the present item ends, be it wished or not. */
  #mayGoOn = false
  /** Of the last life that was opened: whether it preloads at all. */
  #isOffered = false

  constructor(options: NextItemOptions) {
    this.#options = options
  }

  /**
   * What follows, in place of what was to follow before; undefined: nothing.
   *
   * @returns whether it will follow by itself
   */
  async setDesired(item: PlayerItem | undefined): Promise<boolean> {
    const next = item === undefined ? undefined : { item, isPromised: false, isSure: false }
    this.#next = next
    const life = this.#options.present()
    const isKnown = life === undefined || (next === undefined && !this.#mayGoOn)
    const follows = isKnown ? this.#isOffered : await this.#tell(life, next)
    if (next === undefined || this.#next !== next) return false
    if (follows) next.isPromised = true
    else this.#next = undefined
    return follows
  }

  /** Nothing is wished any more. What the life was told stands. */
  forget(): void {
    this.#next = undefined
  }

  /** A life was opened. It knows of nothing. */
  opened(life: PlayerInstance): void {
    this.#isOffered = life.preloads
    this.#mayGoOn = false
  }

  /** The life has dropped what it was told: it was given another item, or says that one failed. */
  dropped(): void {
    this.#mayGoOn = false
  }

  /** The present item lies on no life any more. */
  takenOff(): void {
    if (this.#next !== undefined) this.#next.isSure = false
  }

  /** The present item lies on a life that has not been told of what follows. */
  restore(): void {
    const life = this.#options.present()
    if (this.#next !== undefined && life !== undefined) void this.#tell(life, this.#next)
  }

  /** The present item has ended. Nothing is wished after what comes of that. */
  take(): Following {
    const next = this.#next?.isPromised === true ? this.#next : undefined
    const isAnyone = this.#mayGoOn
    this.#next = undefined
    this.#mayGoOn = false
    return { item: next?.item, isSure: next?.isSure ?? false, isAnyone }
  }

  /** @returns whether the backend goes on to it by itself */
  async #tell(life: PlayerInstance, next: DesiredItem | undefined): Promise<boolean> {
    const { present, clock, log } = this.#options
    this.#mayGoOn = true
    try {
      const taken = await withAnswerTimeout(
        clock,
        life.send((player) => player.preload(next?.item)),
      )
      if (taken === true && next === this.#next && life === present()) {
        if (next === undefined) this.#mayGoOn = false
        else next.isSure = this.#isOffered
      }
      // What a dying player was told, the next one is told too.
      return taken !== undefined && this.#isOffered
    } catch (error) {
      log.info('The player does not take what follows', errorFields(error))
      return false
    }
  }
}
