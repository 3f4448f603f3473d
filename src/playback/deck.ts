import type { Clock } from '../base/clock.ts'
import type { Entity } from '../music/entity.ts'
import type { TerminationReason } from '../music/music-api.ts'
import { Listening } from './listening.ts'
import {
  idleState,
  longestHistory,
  type PlaybackEvent,
  type PlaybackEventType,
  type PlaybackState,
} from './playback-state.ts'
import type { Player } from './player.ts'
import type { ReportQueue } from './report-queue.ts'

export interface DeckOptions {
  readonly player: Player
  readonly reports: ReportQueue
  readonly clock: Clock
  readonly onChange: () => void
  readonly onEvent: (event: PlaybackEvent) => void
}

/** One playing of one entity. */
interface Playing {
  readonly id: string
  readonly listening: Listening
  /** Whether its sound began once. */
  wasHeard: boolean
  /** The player is done with it, and nothing else is on yet. */
  isOver: boolean
}

/**
 * What lies on the player: the one entity that sounds or is paused, its event reports, and the snapshot of it all.
 * Knows nothing of where entities come from; the {@link Engine} does.
 */
export class Deck {
  readonly #options: DeckOptions
  #state: PlaybackState = idleState
  #playing: Playing | undefined
  #playings = 0
  /** Whether the last word to listeners was that nothing sounds. */
  #isSilent = true

  constructor(options: DeckOptions) {
    this.#options = options
  }

  get state(): PlaybackState {
    return this.#state
  }

  /** The player is done with what is on. */
  get isOver(): boolean {
    return this.#playing?.isOver ?? false
  }

  /** Whether that playing is the one that is on. */
  isOn(id: string): boolean {
    return this.#playing?.id === id
  }

  /**
   * Puts `entity` on and plays it from its start.
   *
   * @throws AppError `player/failed`: then it is on but over
   */
  async start(entity: Entity, change: Partial<PlaybackState>): Promise<void> {
    const id = String(++this.#playings)
    const listening = new Listening(entity, this.#options.clock)
    const playing = { id, listening, wasHeard: false, isOver: false }
    this.#playing = playing
    // Before the player is told: its first event may come at once.
    this.set({
      ...change,
      entity,
      phase: 'buffering',
      positionMs: 0,
      positionAtEpochMs: this.#options.clock.epochMs(),
    })
    try {
      const { durationMs, stream } = entity
      await this.#options.player.play({ id, durationMs, stream, positionMs: 0 })
    } catch (error) {
      playing.isOver = true
      throw error
    }
  }

  /** The player says that sound began. News of a change of entity, and of sound after silence, are told now. */
  heard(): void {
    const playing = this.#playing
    if (playing === undefined || playing.isOver || this.#state.phase === 'paused') return
    this.#sounds(playing)
  }

  /** The player says that it is done. */
  over(reason: 'trackFinished' | 'error'): void {
    if (this.#playing !== undefined) this.#playing.isOver = true
    this.reportStop(reason)
  }

  /** What comes after the entity that is over is not known yet. */
  wait(): void {
    this.#setPosition({ phase: 'buffering' })
  }

  async pause(): Promise<void> {
    if (!this.isOver) await this.#options.player.pause()
    this.reportStop('userStop')
    this.#setPosition({ phase: 'paused' })
    this.#isSilent = true
    this.event('playback_paused')
  }

  async resume(): Promise<void> {
    const playing = this.#playing
    if (playing === undefined) return
    await this.#options.player.resume()
    if (!playing.isOver) this.#sounds(playing)
  }

  async seek(positionMs: number): Promise<void> {
    await this.#options.player.seek(positionMs)
    this.#setPosition({})
  }

  /** Takes the entity off, and tells of `because` first. Nothing to do when there is none. */
  async clear(reason: TerminationReason, because?: PlaybackEventType): Promise<void> {
    if (this.#state.phase === 'idle') return
    const positionMs = this.#positionMs()
    await this.#options.player.stop()
    this.#takeOff(reason, positionMs, because)
  }

  /** Like {@link clear}, whatever the player says to it: what it does is no longer known. */
  async drop(reason: TerminationReason, because?: PlaybackEventType): Promise<void> {
    await this.clear(reason, because).catch(() => this.#takeOff(reason, this.#positionMs(), because))
  }

  /** Whether something ran that could be reported as stopped. */
  reportStop(reason: TerminationReason, positionMs = this.#positionMs()): boolean {
    const listening = this.#playing?.listening
    const ran = listening?.isRunning ?? false
    this.#options.reports.add(listening?.stop(positionMs, reason))
    return ran
  }

  /** A skip came to nothing and the entity plays on: to the service that is a new start. */
  reportResumed(): void {
    if (!this.isOver) this.#options.reports.add(this.#playing?.listening.start(this.#positionMs()))
  }

  /** `played` once `entity` is over, too. */
  historyWith(entity: Entity): readonly Entity[] {
    return [...this.#state.played, entity].slice(-longestHistory)
  }

  set(change: Partial<PlaybackState>): void {
    this.#state = { ...this.#state, ...change }
    this.#options.onChange()
  }

  /** Tells of an event, with what plays and `facts`. */
  event(type: PlaybackEventType, facts: PlaybackEvent['facts'] = {}, entity = this.#state.entity): void {
    this.#options.onEvent({
      type,
      facts: {
        media_title: entity?.title ?? null,
        media_artist: entity?.artist ?? null,
        media_content_id: entity?.id ?? null,
        context: this.#state.context ?? null,
        ...facts,
      },
    })
  }

  #sounds(playing: Playing): void {
    this.#options.reports.add(playing.listening.start(this.#positionMs()))
    this.#setPosition({ phase: 'playing' })
    if (!playing.wasHeard) this.event('track_changed')
    playing.wasHeard = true
    if (this.#isSilent) this.event('playback_started')
    this.#isSilent = false
  }

  #takeOff(reason: TerminationReason, positionMs: number, because: PlaybackEventType | undefined): void {
    const { entity } = this.#state
    this.reportStop(reason, positionMs)
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
    this.set({
      ...change,
      positionMs: this.#positionMs(),
      positionAtEpochMs: this.#options.clock.epochMs(),
    })
  }

  /** A player that is done with an entity need not know any more where it was. */
  #positionMs(): number {
    const playerMs = this.#options.player.positionMs()
    return this.isOver ? (this.#state.entity?.durationMs ?? playerMs) : playerMs
  }
}
