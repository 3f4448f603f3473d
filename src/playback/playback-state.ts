import type { Entity } from '../amazon-music/entity.ts'

/** What plays, according to the service and the player. Immutable. */
export interface PlaybackState {
  readonly phase: 'playing' | 'paused' | 'buffering' | 'idle'
  /** Silenced for another sound; resumes by itself after it, according to {@link phase}. */
  readonly isHeld: boolean
  readonly entity: Entity | undefined
  /** Position in milliseconds at {@link positionAtEpochMs}; it advances from there while playing. */
  readonly positionMs: number | undefined
  readonly positionAtEpochMs: number | undefined
  readonly sessionId: string | undefined
  /** What the user asked for, in the user's words: album, playlist, station, search words. */
  readonly context: string | undefined
  readonly preset: string | undefined
  /** 0-100. */
  readonly volume: number
  readonly muted: boolean
  readonly shuffle: boolean
  readonly repeat: 'off' | 'all'
  readonly upcoming: readonly Entity[]
  /** What was played before in this session, the latest last; at most {@link longestHistory}. */
  readonly played: readonly Entity[]
}

export const longestHistory = 10

export const idleState: PlaybackState = {
  phase: 'idle',
  isHeld: false,
  entity: undefined,
  positionMs: undefined,
  positionAtEpochMs: undefined,
  sessionId: undefined,
  context: undefined,
  preset: undefined,
  volume: 50,
  muted: false,
  shuffle: false,
  repeat: 'off',
  upcoming: [],
  played: [],
}

export type PlaybackEventType =
  | 'playback_started'
  | 'playback_paused'
  | 'playback_stopped'
  | 'track_changed'
  | 'queue_ended'
  | 'skip_refused'
  | 'stream_taken_over'
  | 'stream_busy'
  | 'announcement_started'
  | 'announcement_ended'
  | 'sleep_set'
  | 'sleep_ended'
  | 'error'

export interface PlaybackEvent {
  readonly type: PlaybackEventType
  readonly facts: Readonly<Record<string, string | number | boolean | null>>
}
