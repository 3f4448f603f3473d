import type { Entity } from '../../amazon-music/entity.ts'
import type { SupervisedPlayer } from '../player/supervised-player.ts'

/** What the player has been told to go on to. */
interface NextEntity {
  /** The player's name for it. */
  readonly id: string
  readonly entity: Entity
}

/**
 * What the player goes on to by itself when the present entity ends. Between a change and the player's word that it
 * was made nobody knows what it would go on to: then nothing counts as following, and what it began is replaced.
 */
export class Preload {
  readonly #player: Pick<SupervisedPlayer, 'preload'>
  #desired: NextEntity | undefined
  #isSure = false
  #isBlocked = false

  constructor(player: Pick<SupervisedPlayer, 'preload'>) {
    this.#player = player
  }

  /** Tells the player to go on to `entity`, under a name that `deal` gives; undefined: to nothing. */
  arrange(entity: Entity | undefined, deal: () => string): void {
    if (this.#isBlocked || entity?.referenceId === this.#desired?.entity.referenceId) return
    void this.#want(entity === undefined ? undefined : { id: deal(), entity })
  }

  /** The present entity has ended: the name of `next` if the player goes on to that. Nothing is ahead then. */
  take(next: Entity | undefined): string | undefined {
    const follower = this.#isSure ? this.#desired : undefined
    this.forget()
    return follower?.entity.referenceId === next?.referenceId ? follower?.id : undefined
  }

  /** The player has dropped it. */
  forget(): void {
    this.#desired = undefined
    this.#isSure = false
  }

  /** Nothing follows until {@link unblock}. Resolves once that is so. */
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
    // A player that cannot be told goes on to nothing, or is replaced with all it holds.
    const follows = await this.#player.preload(item).catch(() => false)
    if (this.#desired === follower) this.#isSure = follows
  }
}
