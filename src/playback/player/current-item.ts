import type { AppError } from '../../lib/errors.ts'
import type { PlayerItem } from './player.ts'
import type { ItemEvent, PlayerInstance } from './player-instance.ts'

/** An item that so many players in a row died of is what kills them. */
const mostQuickDeaths = 3
/** While who loaded it waits, it is not tried so often. */
const mostQuickDeathsAwaited = 2
/** A player put at the very end of an item has nothing to play, and may call that a failure. */
const lastMs = 500

/** How its sound comes and stands still. */
type SoundWord = Extract<ItemEvent['type'], 'started' | 'buffering' | 'rebuffered'>

/**
 * An item, through all the lives of the player that play it: whether it was taken, what was heard of it, and how many
 * of them it has outlasted. Who listens is to hear of one start, and of buffering in pairs, whatever each life says.
 */
export class CurrentItem {
  readonly item: PlayerItem
  /** Resolves once a player has taken it, or it is not wished any more; rejects when no player takes it. */
  readonly taken: Promise<true>
  #on: PlayerInstance | undefined
  #onSinceMs = 0
  /** Its sound began in the life it lies on. */
  #isRunning = false
  /** Its sound began in any life, and that was said. */
  #wasHeard = false
  /** The last that was said of it is that it stands still. */
  #isStalled = false
  #quickDeaths = 0
  #seeks = 0
  #plays = 0
  #isAnswered = false
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

  /** The life it lies on. */
  get on(): PlayerInstance | undefined {
    return this.#on
  }

  /** Its sound began, and neither want of data nor a `play` that is not taken yet keeps it still. */
  get isSounding(): boolean {
    return this.#isRunning && !this.#isStalled && this.#plays === 0
  }

  /** The player has not taken a seek yet: where it says it is, may be from before. */
  get isSeeking(): boolean {
    return this.#seeks > 0
  }

  /** Who loaded it has been answered: what becomes of it now is told as an event. */
  get isAnswered(): boolean {
    return this.#isAnswered
  }

  /** It lies on `life`, since `nowMs` by the clock that never jumps. */
  put(life: PlayerInstance, nowMs: number): void {
    this.#on = life
    this.#onSinceMs = nowMs
    this.#isRunning = false
  }

  /** Where to begin in a life when it was at `positionMs`. */
  resumeAtMs(positionMs: number): number {
    const latestMs = this.#wasHeard ? Math.max(0, (this.item.durationMs ?? Infinity) - lastMs) : Infinity
    return Math.min(positionMs, latestMs)
  }

  takeOff(): void {
    this.#on = undefined
    this.#isRunning = false
  }

  /**
   * The life it lay on has ended.
   *
   * @param innocentMs what it lay on for so long, it did not kill
   * @returns whether it is worth another life
   */
  outlive(nowMs: number, innocentMs: number): boolean {
    const isQuick = nowMs - this.#onSinceMs < innocentMs
    this.#quickDeaths = isQuick ? this.#quickDeaths + 1 : 0
    this.takeOff()
    return this.#quickDeaths < (this.#isAnswered ? mostQuickDeaths : mostQuickDeathsAwaited)
  }

  take(): void {
    this.#isAnswered = true
    this.#take()
  }

  refuse(error: AppError): void {
    this.#isAnswered = true
    this.#refuse(error)
  }

  /** Whoever loaded it is told no more by {@link taken}. */
  leave(): void {
    this.#isAnswered = true
  }

  /** Gives a `play`: until the player has taken it, nothing sounds. */
  async play<T>(send: () => Promise<T>): Promise<T> {
    this.#plays++
    try {
      return await send()
    } finally {
      this.#plays--
    }
  }

  /** Gives a seek: until the player has taken it, {@link isSeeking}. */
  async seek<T>(send: () => Promise<T>): Promise<T> {
    this.#seeks++
    try {
      return await send()
    } finally {
      this.#seeks--
    }
  }

  /** @returns what is news of it in what its life says, or in the end of that life (`buffering`) */
  hear(word: SoundWord): SoundWord | undefined {
    switch (word) {
      case 'started':
        this.#isRunning = true
        if (this.#wasHeard) return this.#goOn()
        this.#wasHeard = true
        return 'started'
      case 'buffering':
        if (!this.#wasHeard || this.#isStalled) return undefined
        this.#isStalled = true
        return 'buffering'
      case 'rebuffered':
        return this.#goOn()
    }
  }

  #goOn(): 'rebuffered' | undefined {
    const wasStalled = this.#isStalled
    this.#isStalled = false
    return wasStalled ? 'rebuffered' : undefined
  }
}
