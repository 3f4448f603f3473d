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

/**
 * What lies on the player: the one entity that sounds or is paused, its event reports, and the snapshot of it all.
 * Knows nothing of where entities come from; the {@link Engine} does.
 */
export class Deck {
  readonly #options: DeckOptions
  #state: PlaybackState = idleState
  #listening: Listening | undefined

  constructor(options: DeckOptions) {
    this.#options = options
  }

  get state(): PlaybackState {
    return this.#state
  }

  /** Puts `entity` on and plays it from its start; a change of entity is an event. */
  async start(entity: Entity, upcoming: readonly Entity[]): Promise<void> {
    const wasSilent = this.#state.phase === 'idle' || this.#state.phase === 'paused'
    const changed = this.#state.entity?.referenceId !== entity.referenceId
    this.#listening = new Listening(entity, this.#options.clock)
    // Before the player is told: its first event may come at once.
    this.set({
      entity,
      upcoming,
      phase: 'buffering',
      positionMs: 0,
      positionAtEpochMs: this.#options.clock.epochMs(),
    })
    await this.#options.player.play({
      referenceId: entity.referenceId,
      durationMs: entity.durationMs,
      stream: entity.stream,
      positionMs: 0,
    })
    if (changed) this.event('track_changed')
    if (wasSilent) this.event('playback_started')
  }

  /** The player says that sound began. */
  started(): void {
    this.#options.reports.add(this.#listening?.start(this.#options.player.positionMs()))
    this.setPosition({ phase: 'playing' })
  }

  async pause(): Promise<void> {
    await this.#options.player.pause()
    this.reportStop('userStop')
    this.setPosition({ phase: 'paused' })
    this.event('playback_paused')
  }

  async resume(): Promise<void> {
    await this.#options.player.resume()
    this.started()
    this.event('playback_started')
  }

  async seek(positionMs: number): Promise<void> {
    await this.#options.player.seek(positionMs)
    this.setPosition({})
  }

  /** Takes the entity off. Nothing to do when there is none. */
  async clear(reason: TerminationReason): Promise<void> {
    if (this.#state.phase === 'idle') return
    this.reportStop(reason)
    await this.#options.player.stop()
    this.#listening = undefined
    this.set({
      phase: 'idle',
      entity: undefined,
      positionMs: undefined,
      positionAtEpochMs: undefined,
      preset: undefined,
      upcoming: [],
    })
    this.event('playback_stopped')
  }

  /** Whether something ran that could be reported as stopped. */
  reportStop(reason: TerminationReason): boolean {
    const report = this.#listening?.stop(this.#options.player.positionMs(), reason)
    this.#options.reports.add(report)
    return report !== undefined
  }

  /** A skip came to nothing and the entity plays on: to the service that is a new start. */
  reportResumed(): void {
    this.#options.reports.add(this.#listening?.start(this.#options.player.positionMs()))
  }

  /** `entity` was played and is now history. */
  remember(entity: Entity): void {
    this.set({ played: [...this.#state.played, entity].slice(-longestHistory) })
  }

  setPosition(change: Partial<PlaybackState>): void {
    this.set({
      ...change,
      positionMs: this.#options.player.positionMs(),
      positionAtEpochMs: this.#options.clock.epochMs(),
    })
  }

  set(change: Partial<PlaybackState>): void {
    this.#state = { ...this.#state, ...change }
    this.#options.onChange()
  }

  /** Tells of an event, with what plays and `facts`. */
  event(type: PlaybackEventType, facts: PlaybackEvent['facts'] = {}): void {
    const { entity, context } = this.#state
    this.#options.onEvent({
      type,
      facts: {
        media_title: entity?.title ?? null,
        media_artist: entity?.artist ?? null,
        media_content_id: entity?.id ?? null,
        context: context ?? null,
        ...facts,
      },
    })
  }
}
