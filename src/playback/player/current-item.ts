import type { AppError } from '../../lib/errors.ts'
import type { PlayerItem } from './player.ts'
import type { ItemEvent, PlayerInstance } from './player-instance.ts'

/** Crashes in a row after which the item is to blame. */
const mostQuickDeaths = 3
/** The limit while the caller of `load` still waits. */
const mostQuickDeathsAwaited = 2
/** A player that starts at the very end of an item has nothing to play, and may call that a failure. */
const lastMs = 500

/** Events of sound and its stalls. */
type SoundWord = Extract<ItemEvent['type'], 'started' | 'buffering' | 'rebuffered'>

/**
 * An item across all instances of the player that play it: whether one accepted it, what was published of it,
 * and how many crashes it has seen. Consumers get one start, and buffering in pairs, whatever the instances
 * send.
 */
export class CurrentItem {
  readonly item: PlayerItem
  /** Resolves once a player has accepted it, or it is no longer wanted; rejects when no player accepts it. */
  readonly taken: Promise<true>
  #on: PlayerInstance | undefined
  #onSinceMs = 0
  /** Whether its sound began in the current instance. */
  #isRunning = false
  /** Whether its sound began in any instance, and that was published. */
  #wasHeard = false
  /** Whether the last event published for it was `buffering`. */
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
    // A rejection that nobody awaits is not an error.
    this.taken.catch(() => undefined)
  }

  /** The instance that has it. */
  get on(): PlayerInstance | undefined {
    return this.#on
  }

  /** Its sound began, and neither missing data nor a `play` without a reply holds it up. */
  get isSounding(): boolean {
    return this.#isRunning && !this.#isStalled && this.#plays === 0
  }

  /** The player has not answered a seek yet: its positions may be from before. */
  get isSeeking(): boolean {
    return this.#seeks > 0
  }

  /** The caller of `load` has its result: from now on results are published as events. */
  get isAnswered(): boolean {
    return this.#isAnswered
  }

  /** Assigns the item to instance `life`, at `nowMs` by the monotonic clock. */
  put(life: PlayerInstance, nowMs: number): void {
    this.#on = life
    this.#onSinceMs = nowMs
    this.#isRunning = false
  }

  /** Where to start in a new instance if the item was at `positionMs`. */
  resumeAtMs(positionMs: number): number {
    const latestMs = this.#wasHeard ? Math.max(0, (this.item.durationMs ?? Infinity) - lastMs) : Infinity
    return Math.min(positionMs, latestMs)
  }

  takeOff(): void {
    this.#on = undefined
    this.#isRunning = false
  }

  /**
   * The instance of the item has ended.
   *
   * @param innocentMs an item that the instance had for this long did not crash it
   * @returns whether to try another instance
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

  /** {@link taken} no longer reports a failure: the caller of `load` has stopped waiting. */
  leave(): void {
    this.#isAnswered = true
  }

  /** Sends `play`; nothing counts as sounding until the player has answered. */
  async play<T>(send: () => Promise<T>): Promise<T> {
    this.#plays++
    try {
      return await send()
    } finally {
      this.#plays--
    }
  }

  /** Sends a seek; {@link isSeeking} until the player has answered. */
  async seek<T>(send: () => Promise<T>): Promise<T> {
    this.#seeks++
    try {
      return await send()
    } finally {
      this.#seeks--
    }
  }

  /**
   * @param word an event of the instance, or `buffering` when the instance has ended
   * @returns the event to publish, if any
   */
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
