import { setMaxListeners } from 'node:events'

import type { Clock } from '../../lib/clock.ts'
import { AppError, toAppError } from '../../lib/errors.ts'
import { inTime } from '../../lib/async/time-limit.ts'
import { aborted, orAborted } from '../../lib/async/tasks.ts'
import type { OpenPlayer, Player, PlayerEvent } from './player.ts'

const answerTimeoutMs = 1_500

/** An event about an item. */
export type ItemEvent = Exclude<PlayerEvent, { readonly type: 'gone' }>

interface LifeListener {
  /** Called only between the opening and the end of the instance. */
  onEvent(life: PlayerInstance, event: ItemEvent): void
  onOver(life: PlayerInstance, error: AppError): void
}

/** Limit for a start; longer means that it hangs. */
const openMs = 30_000
/** Limit for a command, which may wait for the network to fetch the manifest of a stream. */
const answerMs = 20_000
const closeMs = 5_000
const dyingMs = 250

/** One running instance of a player, from its start to its end. */
export class PlayerInstance {
  readonly #player: Player
  readonly #clock: Clock
  readonly #ending: AbortController

  private constructor(player: Player, clock: Clock, ending: AbortController) {
    this.#player = player
    this.#clock = clock
    this.#ending = ending
  }

  /** @throws AppError `player/missing`, `player/failed`; signal.reason */
  static async open(
    open: OpenPlayer,
    clock: Clock,
    listener: LifeListener,
    signal: AbortSignal,
  ): Promise<PlayerInstance> {
    const ending = new AbortController()
    // Each command under way adds a listener.
    setMaxListeners(0, ending.signal)
    const opened: { life?: PlayerInstance } = {}
    const listen = (event: PlayerEvent): void => {
      if (ending.signal.aborted) return
      if (event.type === 'gone') ending.abort(event.error)
      else if (opened.life !== undefined) listener.onEvent(opened.life, event)
    }
    const giveUp = new AbortController()
    const opening = open(listen, AbortSignal.any([signal, giveUp.signal]))
    try {
      const player = await inTime(clock, openMs, orAborted(opening, signal))
      if (player === undefined) throw new AppError('player/failed', 'The player does not get ready')
      ending.signal.throwIfAborted()
      const life = new PlayerInstance(player, clock, ending)
      opened.life = life
      const onOver = (): void => listener.onOver(life, toAppError(ending.signal.reason))
      ending.signal.addEventListener('abort', onOver, { once: true })
      return life
    } catch (error) {
      // A player that starts too late is closed.
      ending.abort(error)
      giveUp.abort(error)
      opening.then(
        (player) => player.close(),
        () => undefined,
      )
      signal.throwIfAborted()
      throw toAppError(error)
    }
  }

  get preloads(): boolean {
    return this.#player.preloads
  }

  get isOver(): boolean {
    return this.#ending.signal.aborted
  }

  /** Resolves once the instance has ended. */
  over(): Promise<void> {
    return aborted(this.#ending.signal)
  }

  /**
   * Sends a command. A player that does not answer counts as ended.
   *
   * @returns whether it was accepted; false: the player ended before
   * @throws AppError the player refuses it, and still runs
   */
  async send(command: (player: Player) => Promise<void>): Promise<boolean> {
    const { signal } = this.#ending
    if (signal.aborted) return false
    try {
      const answer = orAborted(command(this.#player), signal).then(() => true)
      if ((await inTime(this.#clock, answerMs, answer)) === true) return true
      this.end(new AppError('player/failed', 'The player does not answer'))
    } catch (error) {
      const refusal = toAppError(error)
      // A crashing player first fails commands, and is seen to have ended a moment later.
      if (refusal.code === 'player/failed') await inTime(this.#clock, dyingMs, aborted(signal))
      if (!this.isOver) throw refusal
    }
    return false
  }

  /**
   * Sends a command that must silence the player. A player that refuses, or is slow, counts as ended. Never
   * rejects.
   */
  async silence(command: (player: Player) => Promise<void>): Promise<void> {
    try {
      const isSilent = await withAnswerTimeout(this.#clock, this.send(command))
      if (isSilent === undefined) this.end(new AppError('player/failed', 'The player does not fall silent'))
    } catch (error) {
      this.end(toAppError(error))
    }
  }

  /** Marks the instance as ended. */
  end(error: AppError): void {
    this.#ending.abort(error)
  }

  /** Closes the player, whatever it is doing. */
  async close(): Promise<void> {
    this.end(new AppError('player/failed', 'The player was closed'))
    await inTime(this.#clock, closeMs, this.#player.close())
  }
}

/**
 * Limits how long the caller of a command waits: resolves with the result of `job`, or undefined after 1.5 s.
 * A command not done by then stays desired, and is done when possible.
 */
export function withAnswerTimeout<T>(clock: Clock, job: Promise<T>): Promise<T | undefined> {
  return inTime(clock, answerTimeoutMs, job)
}
