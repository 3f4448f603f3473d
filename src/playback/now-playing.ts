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
  /** Start position, in milliseconds. */
  readonly positionMs?: number
  /** Load it paused, ready for {@link NowPlaying.resume}. */
  readonly paused?: boolean
}

/**
 * The current entity, playing or paused, the preloaded next one, the event reports of both, and the state
 * that is published. Does not know where entities come from; the {@link Engine} does.
 */
export class NowPlaying {
  readonly #options: NowPlayingOptions
  readonly #preload: Preload
  readonly #snapshot: Snapshot
  #playing: Playing | undefined
  #playings = 0
  /** Whether the player may preload the next entity. Does not undo a preload. */
  followsByItself = true
  /** Whether the last event published was that nothing sounds. */
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

  /** Whether the player has finished the current entity. */
  get isOver(): boolean {
    return this.#playing?.isOver ?? false
  }

  /** The player's id for the current entity. */
  get id(): string | undefined {
    return this.#playing?.id
  }

  /** Milliseconds since the current entity was requested. */
  get ageMs(): number {
    return this.#playing?.ageMs ?? 0
  }

  /** Whether `id` is the current playing. */
  isOn(id: string): boolean {
    return this.#playing?.id === id
  }

  /** The stop report if the current entity ended now; undefined when none is running. */
  get stopNow(): PlaybackReport | undefined {
    return this.#playing?.stopNow(this.positionMs())
  }

  /**
   * Makes `entity` the current one and plays it.
   *
   * @throws AppError `player/*`: the entity is then current and over, or not over if only its stream failed
   */
  async start(entity: Entity, change: Partial<PlaybackState>, options: StartOptions = {}): Promise<void> {
    const { positionMs = 0, paused = false } = options
    const playing = this.#begin(entity)
    // Before `load`: the player's first event may arrive at once.
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
   * Loads the current entity again, with the fresh data of `entity`, and resumes at the current position.
   *
   * @throws AppError `player/*`: the entity stays current, without sound
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

  /** Handles the start of sound. Publishes a change of entity, and sound after silence. */
  heard(): void {
    const playing = this.#playing
    if (playing === undefined || playing.isOver) return
    playing.hasSounded = true
    // The sound began just before the pause.
    if (this.state.phase === 'paused') return
    if (playing.isRunning) this.unstall()
    else this.#sounds(playing)
    this.#arrange()
  }

  /** The sound stalls and may resume. */
  stall(): void {
    this.#playing?.stall()
    if (this.state.phase === 'playing') this.#setPosition({ phase: 'buffering' })
  }

  /** The sound resumes after {@link stall}. */
  unstall(): void {
    this.#playing?.unstall()
    if (this.state.phase === 'buffering') this.#setPosition({ phase: 'playing' })
  }

  /**
   * Handles the end of the current entity in the player.
   *
   * @returns whether the player advances by itself: then the next entity is current
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

  /** Runs `job`; meanwhile the player does not advance to another entity by itself. */
  async stay<T>(job: () => Promise<T>): Promise<T> {
    await this.#preload.block()
    try {
      return await job()
    } finally {
      this.#preload.unblock()
      this.#arrange()
    }
  }

  /** The entity is over and the next one is not known yet. */
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
    // For an entity that was loaded paused, the player sends `started` when it sounds.
    if (playing.hasSounded) this.#sounds(playing)
    else this.#setPosition({ phase: 'buffering' })
  }

  async seek(positionMs: number): Promise<void> {
    await this.#options.player.seek(positionMs)
    this.#setPosition({})
  }

  /**
   * Silences the music for another sound, and reports it to the service as stopped. Commands that arrive
   * meanwhile take effect at {@link release}.
   */
  async hold(giveUpDevice: boolean): Promise<void> {
    await this.#options.player.hold({ giveUpDevice })
    this.reportStop('systemStop')
    this.#setPosition({ isHeld: true })
  }

  /** Ends {@link hold}: playback follows the commands that arrived meanwhile. */
  async release(): Promise<void> {
    await this.#options.player.release()
    this.#setPosition({ isHeld: false })
    const playing = this.#playing
    if (playing?.hasSounded === true && !playing.isOver && this.state.phase === 'playing')
      this.#sounds(playing)
  }

  /** Removes the current entity and publishes `because` first. Does nothing when there is none. */
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

  /** Like {@link clear}, even if the player fails: its state is unknown then. */
  async drop(reason: TerminationReason, because?: PlaybackEventType): Promise<void> {
    await this.clear(reason, because).catch(() => this.#takeOff(reason, this.positionMs(), because))
  }

  /** Removes the current entity and the history without reports: their account is gone. */
  abandon(): void {
    this.#playing?.disown()
    if (this.state.phase !== 'idle') this.#takeOff('systemStop', this.positionMs(), undefined)
    this.hide()
  }

  /** Resets session, request, modes, queue and history in the state. */
  hide(): void {
    const { sessionId, context, preset, shuffle, repeat, upcoming, played } = idleState
    this.set({ sessionId, context, preset, shuffle, repeat, upcoming, played })
  }

  /** @returns whether a running entity was reported as stopped */
  reportStop(reason: TerminationReason, positionMs = this.positionMs()): boolean {
    return this.#playing?.reportStop(positionMs, reason) ?? false
  }

  /** A skip failed and the entity plays on: for the service that is a new start. */
  reportResumed(): void {
    if (!this.isOver && !this.state.isHeld) this.#playing?.reportStart(this.positionMs())
  }

  /** `played` with `entity` added. */
  historyWith(entity: Entity): readonly Entity[] {
    return [...this.state.played, entity].slice(-longestHistory)
  }

  /** Position of the current entity, in milliseconds. */
  positionMs(): number {
    // A player need not know the position of an entity that it has finished.
    const playerMs = this.#options.player.positionMs()
    return this.isOver ? (this.state.entity?.durationMs ?? playerMs) : playerMs
  }

  set(change: Partial<PlaybackState>): void {
    this.#snapshot.set(change)
    if (change.upcoming !== undefined) this.#arrange()
  }

  /** Publishes an event, with the current entity and `facts`. */
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

  /** Preloads the next entity, so that it follows without a gap. */
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
