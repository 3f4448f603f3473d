import type { AppError } from '../base/errors.ts'
import type { PlayerItem } from './player.ts'
import type { PlayerLife } from './player-life.ts'

/** An item, through all the lives of the player that play it. */
export class PresentItem {
  readonly item: PlayerItem
  /** The life it lies on. */
  on: PlayerLife | undefined
  onSinceMs = 0
  /** Its sound began in the life it lies on. */
  isRunning = false
  /** Its sound began in any life, and that was said. */
  wasHeard = false
  /** The last that was said of it is that it stands still. */
  isStalled = false
  /** How often in a row the player ended soon after it was given this. */
  quickDeaths = 0
  /** Seeks the player has not taken yet: where it says it is, may be from before. */
  seeks = 0
  /** Plays it has not taken yet: until then nothing sounds. */
  plays = 0
  /** Resolves once a player has taken it, or it is not wished any more; rejects when no player takes it. */
  readonly taken: Promise<true>
  /** Who loaded it has been answered: what becomes of it now is told as an event. */
  isAnswered = false
  #take: () => void = () => undefined
  #refuse: (error: AppError) => void = () => undefined

  constructor(item: PlayerItem) {
    this.item = item
    this.taken = new Promise((resolve, reject) => {
      this.#take = () => resolve(true)
      this.#refuse = reject
    })
    // Nobody need wait for it.
    this.taken.catch(() => undefined)
  }

  put(life: PlayerLife, nowMs: number): void {
    this.on = life
    this.onSinceMs = nowMs
    this.isRunning = false
  }

  takeOff(): void {
    this.on = undefined
    this.isRunning = false
  }

  take(): void {
    this.isAnswered = true
    this.#take()
  }

  refuse(error: AppError): void {
    this.isAnswered = true
    this.#refuse(error)
  }
}
