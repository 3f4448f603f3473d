import type { Clock } from '../lib/clock.ts'
import type { Entity } from '../amazon-music/entity.ts'
import {
  idleState,
  type PlaybackEvent,
  type PlaybackEventType,
  type PlaybackState,
} from './playback-state.ts'

export interface SnapshotOptions {
  readonly volume: number
  readonly clock: Clock
  readonly onChange: () => void
  readonly onEvent: (event: PlaybackEvent) => void
}

/** The published state of playback, and its events. */
export class Snapshot {
  readonly #options: SnapshotOptions
  #state: PlaybackState

  constructor(options: SnapshotOptions) {
    this.#options = options
    this.#state = { ...idleState, volume: options.volume }
  }

  get state(): PlaybackState {
    return this.#state
  }

  set(change: Partial<PlaybackState>): void {
    this.#state = { ...this.#state, ...change }
    this.#options.onChange()
  }

  /** Like {@link set}; the current entity is at `positionMs` now. */
  setAt(positionMs: number, change: Partial<PlaybackState>): void {
    this.set({ ...change, positionMs, positionAtEpochMs: this.#options.clock.epochMs() })
  }

  /** Publishes an event, with `entity`, the user's request and `facts`. */
  event(type: PlaybackEventType, facts: PlaybackEvent['facts'], entity: Entity | undefined): void {
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
}
