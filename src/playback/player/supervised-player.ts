import type { Clock } from '../../lib/clock.ts'
import { AppError, toAppError } from '../../lib/errors.ts'
import type { Log } from '../../lib/log.ts'
import { DesiredPause } from './desired-pause.ts'
import { Playhead } from '../play-head.ts'
import type { OpenPlayer, Player, PlayerItem } from './player.ts'
import { withAnswerTimeout, type ItemEvent, type PlayerInstance } from './player-instance.ts'
import { PlayerRestarter } from './player-restarter.ts'
import { PlayerVolume } from './player-volume.ts'
import { NextItem } from './next-item.ts'
import { CurrentItem } from './current-item.ts'

/**
 * Events of an item for the engine. Positions are read from {@link SupervisedPlayer.positionMs}; crashes of a
 * player are not published.
 */
export type SoundEvent = Exclude<ItemEvent, { readonly type: 'position' }>

export interface SupervisedPlayerOptions {
  /** Name of the backend, such as `mpv`. */
  readonly name: string
  readonly open: OpenPlayer
  readonly clock: Clock
  /** Returns [0, 1). */
  readonly random: () => number
  readonly log: Log
  readonly onEvent: (event: SoundEvent) => void
  /** The player is not available; undefined: it runs again. Called once, however often it is tried. */
  readonly onProblem: (error: AppError | undefined) => void
  /** Shorter limits, for tests. */
  readonly limits?: Partial<SupervisionLimits>
}

/** Milliseconds. */
interface SupervisionLimits {
  /** An item that the player had for this long did not crash it. */
  readonly innocentMs: number
  /** A player that ran this long counts as healthy. */
  readonly provenMs: number
}

interface HoldOptions {
  /** The other sound needs the sound card for itself. */
  readonly giveUpDevice?: boolean
}

const usualLimits: SupervisionLimits = { innocentMs: 10_000, provenMs: 30_000 }

/**
 * One player made of many instances of a backend: the desired state outlasts each of them. A backend that
 * crashes or hangs is opened again, gets volume, item, position and next item, and resumes. Consumers see one
 * start for each item, and buffering meanwhile.
 *
 * Commands resolve when the backend has accepted them, or when they are stored for the next instance;
 * {@link withAnswerTimeout} gives the limit.
 *
 * @throws AppError `player/*` from a command: the backend runs and refuses it
 */
export class SupervisedPlayer {
  readonly name: string
  readonly #options: SupervisedPlayerOptions
  readonly #innocentMs: number
  readonly #restarter: PlayerRestarter
  readonly #head: Playhead
  readonly #pause = new DesiredPause()
  readonly #volume = new PlayerVolume()
  readonly #preloading: NextItem
  #present: CurrentItem | undefined
  #held: 'sound' | 'device' | undefined
  #isClosed = false

  constructor(options: SupervisedPlayerOptions) {
    this.name = options.name
    this.#options = options
    const { open, clock, random, log, onProblem } = options
    const { innocentMs, provenMs } = { ...usualLimits, ...options.limits }
    this.#innocentMs = innocentMs
    this.#head = new Playhead(clock)
    this.#preloading = new NextItem({ present: () => this.#present?.on, clock, log })
    this.#restarter = new PlayerRestarter({
      open,
      clock,
      random,
      log,
      provenMs,
      prepare: (life) => this.#volume.prepare(life),
      onOpen: (life) => this.#opened(life),
      onEvent: (life, event) => this.#heard(life, event),
      onOver: (error) => this.#died(error),
      onFailure: (error) => {
        if (this.#present?.isAnswered === false) this.#giveUp(this.#present, error)
      },
      onProblem,
    })
  }

  /** Opens the player, and opens it again whenever it ends, until `signal` aborts. Never throws. */
  run(signal: AbortSignal): Promise<void> {
    return this.#restarter.run(signal)
  }

  /**
   * Replaces the current item and drops the preloaded one.
   *
   * @throws AppError `player/*`: then there is no current item
   */
  async load(item: PlayerItem, paused = false): Promise<void> {
    if (this.#isClosed) throw new AppError('player/failed', 'The player is closed')
    this.#takeOff()
    const present = new CurrentItem(item)
    this.#present = present
    this.#pause.begin(paused)
    this.#head.reset(item.positionMs, item.durationMs)
    if (this.#held === 'device') present.take()
    else if (this.#restarter.present === undefined) this.#restarter.hurry()
    else this.#putOn(this.#restarter.present, present)
    const taken = await this.#soon(present.taken)
    if (taken === true || present.isAnswered) return
    const { trouble } = this.#restarter
    if (trouble !== undefined && this.#restarter.present === undefined) {
      this.#giveUp(present, trouble)
      throw trouble
    }
    present.leave()
  }

  /**
   * Sets the item that follows the current one, in place of the one before; undefined: nothing.
   *
   * @returns whether it follows by itself: then, and only then, it is current after `ended` of the current
   *   item
   */
  preload(item: PlayerItem | undefined): Promise<boolean> {
    return this.#preloading.setDesired(this.#present === undefined ? undefined : item)
  }

  play(): Promise<void> {
    return this.#setPaused(false)
  }

  pause(): Promise<void> {
    return this.#setPaused(true)
  }

  /** Removes the current item, without an event. */
  async stop(): Promise<void> {
    this.#takeOff()
    this.#head.reset(0, undefined)
    await this.#silence((player) => player.stop())
  }

  async seek(positionMs: number): Promise<void> {
    const present = this.#present
    if (present === undefined) return
    const beforeMs = this.#head.positionMs
    this.#head.set(positionMs)
    const toMs = this.#head.positionMs
    const life = present.on
    if (life === undefined) return
    try {
      await this.#soon(present.seek(() => life.send((player) => player.seek(toMs))))
    } catch (error) {
      if (this.#present === present && !present.isSeeking) this.#head.set(beforeMs)
      throw error
    }
  }

  /** @param percent 0-100, cubic as in {@link Player.setVolume} */
  async setVolume(percent: number): Promise<void> {
    await this.#soon(this.#volume.set(percent, this.#restarter.present))
  }

  async setMuted(muted: boolean): Promise<void> {
    await this.#soon(this.#volume.setMuted(muted, this.#restarter.present))
  }

  /**
   * Position of the current item, in milliseconds, or of one that ended or failed until another is loaded; 0
   * after {@link stop}.
   */
  positionMs(): number {
    return this.#head.positionMs
  }

  /**
   * Silences the player for another sound, until {@link release}. Commands that arrive meanwhile are stored.
   */
  async hold({ giveUpDevice = false }: HoldOptions = {}): Promise<void> {
    const before = this.#held
    this.#held = giveUpDevice ? 'device' : (before ?? 'sound')
    this.#beat()
    if (this.#held === before) return
    if (this.#held === 'device') {
      this.#present?.takeOff()
      this.#preloading.takenOff()
      await this.#silence((player) => player.stop())
    } else if (this.#present !== undefined && !this.#pause.isPaused) {
      await this.#silence((player) => player.pause())
    }
  }

  /** Ends {@link hold}: applies the desired state. Never throws: a failure is published as an event. */
  async release(): Promise<void> {
    const held = this.#held
    this.#held = undefined
    const present = this.#present
    const life = this.#restarter.present
    if (held === undefined || present === undefined || life === undefined) return
    if (held === 'device') {
      this.#restore(life, present)
      await this.#soon(present.taken.catch(() => false))
    } else if (!this.#pause.isPaused) {
      // A player that refuses to resume is replaced.
      await this.#soon(this.#playOn(life, present)).catch((error: unknown) => life.end(toAppError(error)))
    }
  }

  /** Closes the player; it is not opened again. Never rejects. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#takeOff()
    await this.#restarter.close()
  }

  /** Whether it must make no sound, whatever is loaded. */
  get #isQuiet(): boolean {
    return this.#pause.isPaused || this.#held !== undefined
  }

  async #setPaused(paused: boolean): Promise<void> {
    const present = this.#present
    const wish = this.#pause.wish(paused)
    if (paused) this.#beat()
    try {
      if (present?.on !== undefined && this.#held === undefined) {
        await this.#soon(
          paused ? present.on.send((player) => player.pause()) : this.#playOn(present.on, present),
        )
      }
      wish.taken()
    } catch (error) {
      wish.refused()
      this.#beat()
      throw error
    }
  }

  #playOn(life: PlayerInstance, present: CurrentItem): Promise<boolean> {
    const taken = present.play(() => life.send((player) => player.play()))
    this.#beat()
    return taken.finally(() => this.#beat())
  }

  #soon<T>(job: Promise<T>): Promise<T | undefined> {
    return withAnswerTimeout(this.#options.clock, job)
  }

  async #silence(command: (player: Player) => Promise<void>): Promise<void> {
    await this.#restarter.present?.silence(command)
  }

  #takeOff(): void {
    this.#present?.take()
    this.#present = undefined
    this.#preloading.forget()
    this.#head.run(false)
  }

  #putOn(life: PlayerInstance, present: CurrentItem): void {
    present.put(life, this.#options.clock.monotonicMs())
    this.#preloading.dropped()
    this.#beat()
    const positionMs = present.resumeAtMs(this.#head.positionMs)
    const isSilent = this.#isQuiet
    life
      .send((player) => player.load({ ...present.item, positionMs }, isSilent))
      .then(
        (taken) => {
          if (taken) present.take()
        },
        (error: unknown) => {
          if (this.#present !== present) return
          // A refused load has changed nothing: the item before may still sound.
          void this.#silence((player) => player.stop())
          this.#giveUp(present, toAppError(error))
        },
      )
  }

  /** Gives the item up. */
  #giveUp(present: CurrentItem, error: AppError): void {
    const wasAnswered = present.isAnswered
    present.refuse(error)
    this.#takeOff()
    if (wasAnswered) this.#options.onEvent({ type: 'failed', id: present.item.id, error })
  }

  /** Applies the desired state to an instance that has nothing loaded. */
  #restore(life: PlayerInstance, present: CurrentItem): void {
    this.#putOn(life, present)
    this.#preloading.restore()
  }

  #opened(life: PlayerInstance): void {
    this.#preloading.opened(life)
    if (this.#present !== undefined && this.#held !== 'device') this.#restore(life, this.#present)
  }

  #died(error: AppError): void {
    this.#preloading.takenOff()
    const present = this.#present
    if (present?.on === undefined) return
    const isWorthAnother = present.outlive(this.#options.clock.monotonicMs(), this.#innocentMs)
    this.#beat()
    if (!isWorthAnother) {
      this.#giveUp(present, new AppError('player/failed', error.message, { cause: error }))
      return
    }
    if (!present.isAnswered) this.#restarter.hurry()
    if (!this.#isQuiet) this.#tell(present, 'buffering')
  }

  #heard(life: PlayerInstance, event: ItemEvent): void {
    const present = this.#present
    if (present?.on !== life || present.item.id !== event.id) return
    switch (event.type) {
      case 'position':
        if (!present.isSeeking) this.#head.set(event.positionMs)
        return
      case 'started':
      case 'buffering':
      case 'rebuffered':
        this.#tell(present, event.type)
        return
      case 'ended':
        this.#ended(life, event)
        return
      case 'failed':
        this.#takeOff()
        this.#preloading.dropped()
        this.#options.onEvent(event)
    }
  }

  /** Handles an event of the player, or its end: publishes it if it is new. */
  #tell(present: CurrentItem, word: 'started' | 'buffering' | 'rebuffered'): void {
    const news = present.hear(word)
    this.#beat()
    if (news !== undefined) this.#options.onEvent({ type: news, id: present.item.id })
  }

  #ended(life: PlayerInstance, event: SoundEvent): void {
    const { item, isSure, isAnyone } = this.#preloading.take()
    this.#takeOff()
    if (item === undefined) {
      this.#options.onEvent(event)
      // The instance may have advanced to an item, and it is not known to which.
      if (isAnyone && this.#present === undefined) void this.#silence((player) => player.stop())
      return
    }
    const present = new CurrentItem(item)
    present.take()
    this.#present = present
    this.#head.reset(item.positionMs, item.durationMs)
    if (isSure) present.put(life, this.#options.clock.monotonicMs())
    this.#options.onEvent(event)
    const isReplaced =
      this.#present !== present || this.#restarter.present !== life || this.#held === 'device'
    if (!isSure && !isReplaced) this.#putOn(life, present)
  }

  /** The playhead moves while the item sounds. */
  #beat(): void {
    this.#head.run(this.#present?.isSounding === true && !this.#isQuiet)
  }
}
