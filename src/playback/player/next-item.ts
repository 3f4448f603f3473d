import type { Clock } from '../../lib/clock.ts'
import { errorFields, type Log } from '../../lib/log.ts'
import type { PlayerItem } from './player.ts'
import { withAnswerTimeout, type PlayerInstance } from './player-instance.ts'

export interface NextItemOptions {
  /** The instance that has the current item, if any. */
  readonly present: () => PlayerInstance | undefined
  readonly clock: Clock
  readonly log: Log
}

/** The desired next item. */
interface DesiredItem {
  readonly item: PlayerItem
  /** Whether the caller was promised that it follows by itself. */
  isPromised: boolean
  /** Whether the current instance advances to it without another command. */
  isSure: boolean
}

/** What follows the end of the current item. */
export interface Following {
  /** The current item now, because it was promised. */
  readonly item: PlayerItem | undefined
  /** Whether the instance advances to `item` by itself. */
  readonly isSure: boolean
  /** Whether the instance may have advanced to something, desired or not. */
  readonly isAnyone: boolean
}

/**
 * The item that follows the current one by itself: the desired state, what the caller was promised, and what
 * the instance knows. A promise outlasts the instance; the next one is asked to preload the item again.
 */
export class NextItem {
  readonly #options: NextItemOptions
  #next: DesiredItem | undefined
  /** Whether the instance may advance to something when the current item ends, desired or not. */
  #mayGoOn = false
  /** Whether the last instance that was opened can preload. */
  #isOffered = false

  constructor(options: NextItemOptions) {
    this.#options = options
  }

  /**
   * Sets the next item, in place of the one before; undefined: none.
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

  /** Forgets the next item; the player may still hold it. */
  forget(): void {
    this.#next = undefined
  }

  /** An instance was opened; it holds no next item. */
  opened(life: PlayerInstance): void {
    this.#isOffered = life.preloads
    this.#mayGoOn = false
  }

  /** The instance dropped its next item: another item was loaded, or one failed. */
  dropped(): void {
    this.#mayGoOn = false
  }

  /** No instance has the current item any more. */
  takenOff(): void {
    if (this.#next !== undefined) this.#next.isSure = false
  }

  /** Asks the instance to preload the next item: it has the current item, but does not know the next one. */
  restore(): void {
    const life = this.#options.present()
    if (this.#next !== undefined && life !== undefined) void this.#tell(life, this.#next)
  }

  /** The current item has ended. Nothing is desired after the result. */
  take(): Following {
    const next = this.#next?.isPromised === true ? this.#next : undefined
    const isAnyone = this.#mayGoOn
    this.#next = undefined
    this.#mayGoOn = false
    return { item: next?.item, isSure: next?.isSure ?? false, isAnyone }
  }

  /** @returns whether the backend advances to it by itself */
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
      // A next item that a crashing instance got, the following instance gets again.
      return taken !== undefined && this.#isOffered
    } catch (error) {
      log.info('The player does not take what follows', errorFields(error))
      return false
    }
  }
}
