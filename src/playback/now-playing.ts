import type { Clock } from '../lib/clock.ts'
import { toAppError } from '../lib/errors.ts'
import type { Entity } from '../amazon-music/entity.ts'
import type { PlaybackReport, TerminationReason } from '../amazon-music/api.ts'
import { Preload } from './queue/preload.ts'
import type { VolumeControl } from './player/volume.ts'
import {
  idleState,
  longestHistory,
  type PlaybackEvent,
  type PlaybackEventType,
  type PlaybackState,
} from './playback-state.ts'
import { Playing } from './playing.ts'
import type { ReportQueue } from './reports/report-queue.ts'
import { Snapshot } from './snapshot.ts'
import type { SupervisedPlayer } from './player/supervised-player.ts'
import { isStreamProblem } from './problems.ts'

export interface NowPlayingOptions {
  readonly player: SupervisedPlayer
  readonly reports: ReportQueue
  readonly volumeControl: VolumeControl
  readonly clock: Clock
  readonly onChange: () => void
  readonly onEvent: (event: PlaybackEvent) => void
}

export interface StartOptions {
  /** Where to begin, in milliseconds. */
  readonly positionMs?: number
  /** Make it ready for {@link NowPlaying.resume} instead of playing it. */
  readonly paused?: boolean
}

/**
 * What lies on the player: the one entity that sounds or is paused, what the player goes on to by itself, the event
 * reports of both, and the snapshot of it all. Knows nothing of where entities come from; the {@link Engine} does.
 */
export class NowPlaying {
  readonly #options: NowPlayingOptions
  readonly #preload: Preload
  readonly #snapshot: Snapshot
  #playing: Playing | undefined
  #playings = 0
  /** Whether the player may be told what follows. What it knows already stays. */
  followsByItself = true
  /** Whether the last word to listeners was that nothing sounds. */
  #isSilent = true

  constructor(options: NowPlayingOptions) {
    const { player, volumeControl, clock, onChange, onEvent } = options
    this.#options = options
    this.#preload = new Preload(player)
    this.#snapshot = new Snapshot({ volume: volumeControl.volume, clock, onChange, onEvent })
  }

  get state(): PlaybackState {
    return this.#snapshot.state
  }

  /** The player is done with what is on. */
  get isOver(): boolean {
    return this.#playing?.isOver ?? false
  }

  /** The player's name for what is on. */
  get id(): string | undefined {
    return this.#playing?.id
  }

  /** How long ago what is on was asked for, in milliseconds. */
  get ageMs(): number {
    return this.#playing?.ageMs ?? 0
  }

  /** Whether that playing is the one that is on. */
  isOn(id: string): boolean {
    return this.#playing?.id === id
  }

  /** The stop report of what runs now if it ended this moment; undefined when nothing runs. */
  get stopNow(): PlaybackReport | undefined {
    return this.#playing?.stopNow(this.positionMs())
  }

  /**
   * Puts `entity` on and plays it.
   *
   * @throws AppError `player/*`: then it is on but over, or still on when only its stream is the trouble
   */
  async start(entity: Entity, change: Partial<PlaybackState>, options: StartOptions = {}): Promise<void> {
    const { positionMs = 0, paused = false } = options
    const playing = this.#begin(entity)
    // Before the player is told: its first event may come at once.
    const phase = paused ? 'paused' : 'buffering'
    this.#snapshot.setAt(positionMs, { ...change, entity, phase })
    this.#preload.forget()
    if (this.#isSilent) this.#options.volumeControl.prepareFadeIn()
    try {
      await this.#options.player.load(playing.item(entity, positionMs), paused)
    } catch (error) {
      const failure = toAppError(error)
      playing.isOver = !isStreamProblem(failure)
      if (failure.code === 'player/protected') playing.reportRefusal()
      throw error
    }
  }

  /**
   * Loads what is on again, from `entity` as the service tells it now, and goes on where it stands.
   *
   * @throws AppError `player/*`: it is still on and stands still
   */
  async reload(entity: Entity): Promise<void> {
    const playing = this.#playing
    if (playing === undefined) return
    playing.id = this.#deal()
    this.set({ entity })
    this.#preload.forget()
    const { phase, positionMs = 0 } = this.state
    await this.#options.player.load(playing.item(entity, positionMs), phase === 'paused')
  }

  /** The player says that sound began. News of a change of entity, and of sound after silence, are told now. */
  heard(): void {
    const playing = this.#playing
    if (playing === undefined || playing.isOver) return
    playing.hasSounded = true
    // It began in the moment before it was paused.
    if (this.state.phase === 'paused') return
    if (playing.isRunning) this.unstall()
    else this.#sounds(playing)
    this.#arrange()
  }

  /** Sound stands still and may go on. */
  stall(): void {
    this.#playing?.stall()
    if (this.state.phase === 'playing') this.#setPosition({ phase: 'buffering' })
  }

  /** Sound goes on after a {@link stall}. */
  unstall(): void {
    this.#playing?.unstall()
    if (this.state.phase === 'buffering') this.#setPosition({ phase: 'playing' })
  }

  /**
   * The player says that it is done.
   *
   * @returns whether it goes on by itself: then what follows is on now
   */
  over(reason: 'trackFinished' | 'error' | 'networkError'): boolean {
    const { entity } = this.state
    const [next, ...upcoming] = this.state.upcoming
    const id = reason === 'trackFinished' ? this.#preload.take(next) : undefined
    this.reportStop(reason)
    this.#preload.forget()
    if (this.#playing !== undefined) this.#playing.isOver = true
    if (id === undefined || next === undefined || entity === undefined) return false
    this.#begin(next, id)
    this.#snapshot.setAt(0, { entity: next, upcoming, played: this.historyWith(entity) })
    return true
  }

  /** Runs `job`, during which the player does not go on to another entity by itself. */
  async stay<T>(job: () => Promise<T>): Promise<T> {
    await this.#preload.block()
    try {
      return await job()
    } finally {
      this.#preload.unblock()
      this.#arrange()
    }
  }

  /** What comes after the entity that is over is not known yet. */
  wait(): void {
    this.#setPosition({ phase: 'buffering' })
  }

  async pause(): Promise<void> {
    const { player, volumeControl } = this.#options
    if (!this.#isSilent) await volumeControl.fadeOut()
    try {
      if (!this.isOver) await player.pause()
    } finally {
      volumeControl.cancelFade()
    }
    this.reportStop('userStop')
    this.#setPosition({ phase: 'paused' })
    this.#isSilent = true
    this.event('playback_paused')
  }

  async resume(): Promise<void> {
    const playing = this.#playing
    if (playing === undefined || playing.isOver) return
    this.#options.volumeControl.prepareFadeIn()
    await this.#options.player.play()
    // What was only made ready says itself when it sounds.
    if (playing.hasSounded) this.#sounds(playing)
    else this.#setPosition({ phase: 'buffering' })
  }

  async seek(positionMs: number): Promise<void> {
    await this.#options.player.seek(positionMs)
    this.#setPosition({})
  }

  /**
   * Silences what plays for another sound, and to the service it stops; what is wished meanwhile is done at
   * {@link release}.
   */
  async hold(giveUpDevice: boolean): Promise<void> {
    await this.#options.player.hold({ giveUpDevice })
    this.reportStop('systemStop')
    this.#setPosition({ isHeld: true })
  }

  /** What plays goes on as is wished now. */
  async release(): Promise<void> {
    await this.#options.player.release()
    this.#setPosition({ isHeld: false })
    const playing = this.#playing
    if (playing?.hasSounded === true && !playing.isOver && this.state.phase === 'playing')
      this.#sounds(playing)
  }

  /** Takes the entity off, and tells of `because` first. Nothing to do when there is none. */
  async clear(reason: TerminationReason, because?: PlaybackEventType): Promise<void> {
    if (this.state.phase === 'idle') return
    const { player, volumeControl } = this.#options
    if (reason === 'userStop' && !this.#isSilent) await volumeControl.fadeOut()
    const positionMs = this.positionMs()
    try {
      await player.stop()
    } finally {
      volumeControl.cancelFade()
    }
    this.#takeOff(reason, positionMs, because)
  }

  /** Like {@link clear}, whatever the player says to it: what it does is no longer known. */
  async drop(reason: TerminationReason, because?: PlaybackEventType): Promise<void> {
    await this.clear(reason, because).catch(() => this.#takeOff(reason, this.positionMs(), because))
  }

  /** Takes off what is on, and forgets what was on before: their account is gone, so nobody is told of their end. */
  abandon(): void {
    this.#playing?.disown()
    if (this.state.phase !== 'idle') this.#takeOff('systemStop', this.positionMs(), undefined)
    this.hide()
  }

  /** Shows nothing of what was on before. */
  hide(): void {
    const { sessionId, context, preset, shuffle, repeat, upcoming, played } = idleState
    this.set({ sessionId, context, preset, shuffle, repeat, upcoming, played })
  }

  /** Whether something ran that could be reported as stopped. */
  reportStop(reason: TerminationReason, positionMs = this.positionMs()): boolean {
    return this.#playing?.reportStop(positionMs, reason) ?? false
  }

  /** A skip came to nothing and the entity plays on: to the service that is a new start. */
  reportResumed(): void {
    if (!this.isOver && !this.state.isHeld) this.#playing?.reportStart(this.positionMs())
  }

  /** `played` once `entity` is over, too. */
  historyWith(entity: Entity): readonly Entity[] {
    return [...this.state.played, entity].slice(-longestHistory)
  }

  /** Of what is on, in milliseconds. */
  positionMs(): number {
    // A player that is done with an entity need not know any more where it was.
    const playerMs = this.#options.player.positionMs()
    return this.isOver ? (this.state.entity?.durationMs ?? playerMs) : playerMs
  }

  set(change: Partial<PlaybackState>): void {
    this.#snapshot.set(change)
    if (change.upcoming !== undefined) this.#arrange()
  }

  /** Tells of an event, with what plays and `facts`. */
  event(type: PlaybackEventType, facts: PlaybackEvent['facts'] = {}, entity = this.state.entity): void {
    this.#snapshot.event(type, facts, entity)
  }

  #begin(entity: Entity, id = this.#deal()): Playing {
    const { reports, clock } = this.#options
    const playing = new Playing(id, entity, reports, clock)
    this.#playing = playing
    return playing
  }

  #deal(): string {
    return String(++this.#playings)
  }

  /** Lets the player know what follows, so that it comes without a gap. */
  #arrange(): void {
    const playing = this.#playing
    if (playing?.wasHeard !== true || playing.isOver || !this.followsByItself) return
    const [next] = this.state.upcoming
    this.#preload.arrange(next, () => this.#deal())
  }

  #sounds(playing: Playing): void {
    if (!this.state.isHeld) playing.reportStart(this.positionMs())
    this.#setPosition({ phase: 'playing' })
    if (!playing.wasHeard) this.event('track_changed')
    playing.wasHeard = true
    if (!this.#isSilent) return
    this.#isSilent = false
    this.#options.volumeControl.fadeIn()
    this.event('playback_started')
  }

  #takeOff(reason: TerminationReason, positionMs: number, because: PlaybackEventType | undefined): void {
    const { entity } = this.state
    this.reportStop(reason, positionMs)
    this.#preload.forget()
    this.#playing = undefined
    this.#isSilent = true
    this.set({
      phase: 'idle',
      entity: undefined,
      positionMs: undefined,
      positionAtEpochMs: undefined,
      preset: undefined,
      upcoming: [],
    })
    if (because !== undefined) this.event(because, {}, entity)
    this.event('playback_stopped', {}, entity)
  }

  #setPosition(change: Partial<PlaybackState>): void {
    this.#snapshot.setAt(this.positionMs(), change)
  }
}
