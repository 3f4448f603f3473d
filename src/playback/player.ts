import type { AppError } from '../base/errors.ts'
import type { Stream } from '../music/entity.ts'

/** What a player is given to play. */
export interface PlayerItem {
  /**
   * Dealt anew for every playing, even of the same entity. Comes back with every event of this item, so that a late
   * event of a replaced item is told apart.
   */
  readonly id: string
  readonly durationMs: number | undefined
  readonly stream: Stream | undefined
  /** Where to begin, in milliseconds. */
  readonly positionMs: number
}

export type PlayerEvent =
  /** Its sound began. Said once; a resume is not a new start. */
  | { readonly type: 'started'; readonly id: string }
  /** Played to its end. */
  | { readonly type: 'ended'; readonly id: string }
  /** Cannot be played, or no further. */
  | { readonly type: 'failed'; readonly id: string; readonly error: AppError }

/**
 * The port every player backend implements: commands in, events out (to the callback it was made with). Commands
 * resolve when the backend has taken them, not when they are heard; an event may come before that.
 *
 * @throws AppError `player/failed` from any command
 */
export interface Player {
  /** The word of setting `player`. */
  readonly name: string
  /** Replaces whatever plays. */
  play(item: PlayerItem): Promise<void>
  pause(): Promise<void>
  resume(): Promise<void>
  stop(): Promise<void>
  seek(positionMs: number): Promise<void>
  /** @param percent 0-100 */
  setVolume(percent: number): Promise<void>
  setMuted(muted: boolean): Promise<void>
  /** Of the present item, in milliseconds; 0 when there is none. */
  positionMs(): number
  /** Ends the backend. */
  close(): Promise<void>
}
