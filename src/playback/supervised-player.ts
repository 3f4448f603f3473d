import type { Clock } from '../base/clock.ts'
import { AppError, toAppError } from '../base/errors.ts'
import { errorFields, type Log } from '../base/log.ts'
import { PlayHead } from './play-head.ts'
import type { OpenPlayer, Player, PlayerItem } from './player.ts'
import { inTime, type ItemEvent, type PlayerLife } from './player-life.ts'
import { PlayerLives } from './player-lives.ts'
import { PresentItem } from './present-item.ts'

/** What is heard of an item. Where it is, is asked; that a player died is not the listener's business. */
export type SoundEvent = Exclude<ItemEvent, { readonly type: 'position' }>

export interface SupervisedPlayerOptions {
  /** Of the backend, such as `mpv`. */
  readonly name: string
  readonly open: OpenPlayer
  readonly clock: Clock
  /** Returns [0, 1). */
  readonly random: () => number
  readonly log: Log
  readonly onEvent: (event: SoundEvent) => void
  /** The player cannot be had; undefined: it runs again. Said once, however often it is tried. */
  readonly onTrouble: (error: AppError | undefined) => void
  /** For tests that have no time. */
  readonly limits?: Partial<SupervisionLimits>
}

/** Milliseconds. */
interface SupervisionLimits {
  /** An item that the player had so long is not what killed it. */
  readonly innocentMs: number
  /** A player that ran so long has proved itself. */
  readonly provenMs: number
}

interface HoldOptions {
  /** The other sound needs the sound card for itself. */
  readonly giveUpDevice?: boolean
}

/** What follows the present item. */
interface Follower {
  readonly item: PlayerItem
  /** Who asked was told that it will follow by itself. */
  isPromised: boolean
  /** The present life goes on to it without being told again. */
  isSure: boolean
}

const usualLimits: SupervisionLimits = { innocentMs: 10_000, provenMs: 30_000 }
const mostQuickDeaths = 3
/** Who gave a command is answered by then. What was not done is still wished, and done when it can be. */
const patienceMs = 1_500
/** A player put at the very end of an item has nothing to play, and may call that a failure. */
const lastMs = 500

/**
 * One player out of the many lives of a backend: what is wished of it outlasts each of them. A backend that dies or
 * hangs is opened again, gets volume, item, position and what follows, and goes on; who listens hears of each item
 * that it started once, and that it stood still meanwhile.
 *
 * Commands resolve when the backend has taken them, or when they are noted for when one runs: at the latest after
 * {@link patienceMs}.
 *
 * @throws AppError `player/*` from a command: the backend lives and refuses it
 */
export class SupervisedPlayer {
  readonly name: string
  readonly #options: SupervisedPlayerOptions
  readonly #limits: SupervisionLimits
  readonly #lives: PlayerLives
  readonly #head: PlayHead
  #present: PresentItem | undefined
  #next: Follower | undefined
  /** The life may go on to something when the present item ends, be it wished or not. */
  #mayGoOn = false
  #preloads = false
  #isPaused = false
  /** Counts the wishes to play or pause, so that the refusal of an older one is told apart. */
  #pauseWishes = 0
  /** The last such wish that was not refused. */
  #wasPaused = false
  #volume: number | undefined
  #isMuted: boolean | undefined
  #held: 'sound' | 'device' | undefined
  #isClosed = false

  constructor(options: SupervisedPlayerOptions) {
    this.name = options.name
    this.#options = options
    this.#limits = { ...usualLimits, ...options.limits }
    this.#head = new PlayHead(options.clock)
    const { open, clock, random, log, onTrouble } = options
    this.#lives = new PlayerLives({
      open,
      clock,
      random,
      log,
      provenMs: this.#limits.provenMs,
      prepare: (life) => this.#prepare(life),
      onOpen: (life) => this.#opened(life),
      onEvent: (life, event) => this.#heard(life, event),
      onOver: (error) => this.#died(error),
      onFailure: (error) => {
        if (this.#present?.isAnswered === false) this.#giveUp(this.#present, error)
      },
      onTrouble,
    })
  }

  /** Opens the player, and opens it again whenever it is gone, until `signal` aborts. Never throws. */
  run(signal: AbortSignal): Promise<void> {
    return this.#lives.run(signal)
  }

  /**
   * Replaces what is on and drops what is preloaded.
   *
   * @throws AppError `player/*`: nothing is on then
   */
  async load(item: PlayerItem, paused = false): Promise<void> {
    if (this.#isClosed) throw new AppError('player/failed', 'The player is closed')
    this.#takeOff()
    const present = new PresentItem(item)
    this.#present = present
    this.#pauseWishes++
    this.#isPaused = paused
    this.#wasPaused = paused
    this.#head.reset(item.positionMs, item.durationMs)
    if (this.#held === 'device') present.take()
    else if (this.#lives.present === undefined) this.#lives.hurry()
    else this.#putOn(this.#lives.present, present)
    const taken = await inTime(this.#options.clock, patienceMs, present.taken)
    if (taken === true || present.isAnswered) return
    const { trouble } = this.#lives
    if (trouble !== undefined && this.#lives.present === undefined) {
      this.#giveUp(present, trouble)
      throw trouble
    }
    present.isAnswered = true
  }

  /**
   * What follows the present item, in place of what was to follow before; undefined: nothing.
   *
   * @returns whether it will follow by itself: then, and only then, it is on once the present item has `ended`
   */
  async preload(item: PlayerItem | undefined): Promise<boolean> {
    const present = this.#present
    const next =
      item === undefined || present === undefined ? undefined : { item, isPromised: false, isSure: false }
    this.#next = next
    const life = present?.on
    const isKnown = life === undefined || (next === undefined && !this.#mayGoOn)
    const follows = isKnown ? this.#preloads : await this.#preloadOn(life, next)
    if (next === undefined || this.#next !== next) return false
    if (follows) next.isPromised = true
    else this.#next = undefined
    return follows
  }

  play(): Promise<void> {
    return this.#setPaused(false)
  }

  pause(): Promise<void> {
    return this.#setPaused(true)
  }

  /** Takes off what is on, without an event. */
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
    if (present.on === undefined) return
    present.seeks++
    const answer = present.on
      .send((player) => player.seek(toMs))
      .finally(() => {
        present.seeks--
      })
    try {
      await this.#soon(answer)
    } catch (error) {
      if (this.#present === present && present.seeks === 0) this.#head.set(beforeMs)
      throw error
    }
  }

  /** @param percent 0-100, cubic as the port's */
  async setVolume(percent: number): Promise<void> {
    this.#volume = percent
    await this.#soon(this.#lives.present?.send((player) => player.setVolume(percent)))
  }

  async setMuted(muted: boolean): Promise<void> {
    this.#isMuted = muted
    await this.#soon(this.#lives.present?.send((player) => player.setMuted(muted)))
  }

  /** Of what is on, in milliseconds, or of what ended or failed until something else is loaded; 0 after {@link stop}. */
  positionMs(): number {
    return this.#head.positionMs
  }

  /** Silence for another sound, until {@link release}. What is loaded, played or paused meanwhile is noted. */
  async hold({ giveUpDevice = false }: HoldOptions = {}): Promise<void> {
    const before = this.#held
    this.#held = giveUpDevice ? 'device' : (before ?? 'sound')
    this.#beat()
    if (this.#held === before) return
    if (this.#held === 'device') {
      this.#present?.takeOff()
      if (this.#next !== undefined) this.#next.isSure = false
      await this.#silence((player) => player.stop())
    } else if (this.#present !== undefined && !this.#isPaused) {
      await this.#silence((player) => player.pause())
    }
  }

  /** What is wished now is so again. Never throws: what cannot be played on is told as an event. */
  async release(): Promise<void> {
    const held = this.#held
    this.#held = undefined
    const present = this.#present
    const life = this.#lives.present
    if (held === undefined || present === undefined || life === undefined) return
    if (held === 'device') {
      this.#restore(life, present)
      await this.#soon(present.taken.catch(() => false))
    } else if (!this.#isPaused) {
      // A player that does not want to go on is replaced by one that does.
      await this.#soon(this.#playOn(life, present)).catch((error: unknown) => life.end(toAppError(error)))
    }
  }

  /** Ends it for good. Never rejects. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#takeOff()
    await this.#lives.close()
  }

  async #setPaused(paused: boolean): Promise<void> {
    const present = this.#present
    const wish = ++this.#pauseWishes
    this.#isPaused = paused
    if (paused) this.#beat()
    try {
      if (present?.on !== undefined && this.#held === undefined) {
        await this.#soon(
          paused ? present.on.send((player) => player.pause()) : this.#playOn(present.on, present),
        )
      }
      this.#wasPaused = paused
    } catch (error) {
      if (this.#pauseWishes === wish) this.#isPaused = this.#wasPaused
      this.#beat()
      throw error
    }
  }

  #playOn(life: PlayerLife, present: PresentItem): Promise<boolean> {
    present.plays++
    this.#beat()
    return life
      .send((player) => player.play())
      .finally(() => {
        present.plays--
        this.#beat()
      })
  }

  async #soon<T>(job: Promise<T> | undefined): Promise<T | undefined> {
    return job === undefined ? undefined : inTime(this.#options.clock, patienceMs, job)
  }

  /** Gives a command that must silence the player. One that does not obey is ended. */
  async #silence(command: (player: Player) => Promise<void>): Promise<void> {
    const life = this.#lives.present
    if (life === undefined) return
    try {
      const isSilent = await this.#soon(life.send(command))
      if (isSilent === undefined) life.end(new AppError('player/failed', 'The player does not fall silent'))
    } catch (error) {
      life.end(toAppError(error))
    }
  }

  #takeOff(): void {
    this.#present?.take()
    this.#present = undefined
    this.#next = undefined
    this.#head.run(false)
  }

  #putOn(life: PlayerLife, present: PresentItem): void {
    present.put(life, this.#options.clock.monotonicMs())
    this.#mayGoOn = false
    this.#beat()
    const { item } = present
    const latestMs = present.wasHeard ? Math.max(0, (item.durationMs ?? Infinity) - lastMs) : Infinity
    const positionMs = Math.min(this.#head.positionMs, latestMs)
    const isSilent = this.#isPaused || this.#held !== undefined
    life
      .send((player) => player.load({ ...item, positionMs }, isSilent))
      .then(
        (taken) => {
          if (taken) present.take()
        },
        (error: unknown) => {
          if (this.#present !== present) return
          // Refused, the load has changed nothing: what was on before may sound on.
          void this.#silence((player) => player.stop())
          this.#giveUp(present, toAppError(error))
        },
      )
  }

  /** The item comes to nothing. */
  #giveUp(present: PresentItem, error: AppError): void {
    const wasAnswered = present.isAnswered
    present.refuse(error)
    this.#takeOff()
    if (wasAnswered) this.#options.onEvent({ type: 'failed', id: present.item.id, error })
  }

  /** @returns whether the backend goes on to it by itself */
  async #preloadOn(life: PlayerLife, next: Follower | undefined): Promise<boolean> {
    this.#mayGoOn = true
    let follows: boolean
    try {
      const taken = await this.#soon(life.send((player) => player.preload(next?.item)))
      // What a dying player was told, the next one is told too.
      follows = taken !== undefined && this.#preloads
      if (taken === true && next === this.#next && life === this.#present?.on) {
        if (next === undefined) this.#mayGoOn = false
        else next.isSure = this.#preloads
      }
    } catch (error) {
      this.#options.log.info('The player does not take what follows', errorFields(error))
      follows = false
    }
    return follows
  }

  /** Puts all that is wished on a life that has nothing on. */
  #restore(life: PlayerLife, present: PresentItem): void {
    this.#putOn(life, present)
    if (this.#next !== undefined) void this.#preloadOn(life, this.#next)
  }

  /** Nothing is put on a player before it has its volume: it begins with the full one. */
  async #prepare(life: PlayerLife): Promise<void> {
    let isReady = false
    while (!isReady && !life.isOver) {
      const volume = this.#volume
      const isMuted = this.#isMuted
      if (volume !== undefined) await life.send((player) => player.setVolume(volume))
      if (isMuted !== undefined) await life.send((player) => player.setMuted(isMuted))
      isReady = volume === this.#volume && isMuted === this.#isMuted
    }
  }

  #opened(life: PlayerLife): void {
    this.#preloads = life.preloads
    this.#mayGoOn = false
    if (this.#present !== undefined && this.#held !== 'device') this.#restore(life, this.#present)
  }

  #died(error: AppError): void {
    if (this.#next !== undefined) this.#next.isSure = false
    const present = this.#present
    if (present?.on === undefined) return
    const ranMs = this.#options.clock.monotonicMs() - present.onSinceMs
    present.quickDeaths = ranMs < this.#limits.innocentMs ? present.quickDeaths + 1 : 0
    const sounded = present.wasHeard && !this.#isPaused && this.#held === undefined
    present.takeOff()
    this.#beat()
    if (present.quickDeaths >= (present.isAnswered ? mostQuickDeaths : 2)) {
      this.#giveUp(present, new AppError('player/failed', error.message, { cause: error }))
      return
    }
    if (!present.isAnswered) this.#lives.hurry()
    if (sounded && !present.isStalled) this.#stall(present)
  }

  #heard(life: PlayerLife, event: ItemEvent): void {
    const present = this.#present
    if (present?.on !== life || present.item.id !== event.id) return
    switch (event.type) {
      case 'started':
        this.#started(present, event)
        return
      case 'position':
        if (present.seeks === 0) this.#head.set(event.positionMs)
        return
      case 'buffering':
        if (present.wasHeard && !present.isStalled) this.#stall(present)
        return
      case 'rebuffered':
        this.#goOn(present)
        return
      case 'ended':
        this.#ended(life, event)
        return
      case 'failed':
        this.#takeOff()
        this.#mayGoOn = false
        this.#options.onEvent(event)
    }
  }

  #started(present: PresentItem, event: SoundEvent): void {
    present.isRunning = true
    if (present.wasHeard) {
      this.#goOn(present)
      return
    }
    present.wasHeard = true
    this.#beat()
    this.#options.onEvent(event)
  }

  #stall(present: PresentItem): void {
    present.isStalled = true
    this.#beat()
    this.#options.onEvent({ type: 'buffering', id: present.item.id })
  }

  #goOn(present: PresentItem): void {
    const wasStalled = present.isStalled
    present.isStalled = false
    this.#beat()
    if (wasStalled) this.#options.onEvent({ type: 'rebuffered', id: present.item.id })
  }

  #ended(life: PlayerLife, event: SoundEvent): void {
    const next = this.#next
    const mayGoOn = this.#mayGoOn
    this.#takeOff()
    this.#mayGoOn = false
    if (next?.isPromised !== true) {
      this.#options.onEvent(event)
      // Nobody can say any more what it goes on to, or whether.
      if (mayGoOn && this.#present === undefined) void this.#silence((player) => player.stop())
      return
    }
    const present = new PresentItem(next.item)
    present.take()
    this.#present = present
    this.#head.reset(next.item.positionMs, next.item.durationMs)
    if (next.isSure) present.put(life, this.#options.clock.monotonicMs())
    this.#options.onEvent(event)
    const isReplaced = this.#present !== present || this.#lives.present !== life || this.#held === 'device'
    if (!next.isSure && !isReplaced) this.#putOn(life, present)
  }

  /** The head moves while it sounds. */
  #beat(): void {
    const present = this.#present
    const stands =
      this.#isPaused || this.#held !== undefined || present?.isStalled !== false || present.plays > 0
    this.#head.run(present?.isRunning === true && !stands)
  }
}
