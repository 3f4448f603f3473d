import type { Entity } from '../../amazon-music/entity.ts'
import type { SupervisedPlayer } from '../player/supervised-player.ts'

/** The entity that the player was asked to preload. */
interface NextEntity {
  /** The player's id for it. */
  readonly id: string
  readonly entity: Entity
}

/**
 * The entity that the player advances to by itself when the current one ends. Between a change and the
 * player's reply the next entity is uncertain: then none counts as next, and whatever the player starts is
 * replaced.
 */
export class Preload {
  readonly #player: Pick<SupervisedPlayer, 'preload'>
  #desired: NextEntity | undefined
  #isSure = false
  #isBlocked = false

  constructor(player: Pick<SupervisedPlayer, 'preload'>) {
    this.#player = player
  }

  /** Asks the player to preload `entity`, under an id from `deal`; undefined: nothing. */
  arrange(entity: Entity | undefined, deal: () => string): void {
    if (this.#isBlocked || entity?.referenceId === this.#desired?.entity.referenceId) return
    void this.#want(entity === undefined ? undefined : { id: deal(), entity })
  }

  /**
   * The current entity has ended. Returns the id of `next` if the player advances to it. Nothing is preloaded
   * after this.
   */
  take(next: Entity | undefined): string | undefined {
    const follower = this.#isSure ? this.#desired : undefined
    this.forget()
    return follower?.entity.referenceId === next?.referenceId ? follower?.id : undefined
  }

  /** The player has dropped the preloaded entity. */
  forget(): void {
    this.#desired = undefined
    this.#isSure = false
  }

  /** Preloads nothing until {@link unblock}. Resolves when the player has nothing to advance to. */
  async block(): Promise<void> {
    this.#isBlocked = true
    if (this.#desired !== undefined) await this.#want(undefined)
  }

  unblock(): void {
    this.#isBlocked = false
  }

  async #want(follower: NextEntity | undefined): Promise<void> {
    this.#desired = follower
    this.#isSure = false
    const item =
      follower === undefined
        ? undefined
        : {
            id: follower.id,
            durationMs: follower.entity.durationMs,
            stream: follower.entity.stream,
            positionMs: 0,
          }
    // If the call fails, the player advances to nothing, or `load` replaces all that it holds.
    const follows = await this.#player.preload(item).catch(() => false)
    if (this.#desired === follower) this.#isSure = follows
  }
}
