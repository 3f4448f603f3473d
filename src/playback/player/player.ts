import type { AppError } from '../../lib/errors.ts'
import type { Stream } from '../../amazon-music/entity.ts'

/** An item for a player to play. */
export interface PlayerItem {
  /**
   * New for every playing, even of the same entity. Every event of the item has it, so that a late event of a
   * replaced item is recognized.
   */
  readonly id: string
  /** From the service; undefined: not known, or without an end. */
  readonly durationMs: number | undefined
  /** Undefined: the service returned no URL. */
  readonly stream: Stream | undefined
  /** Start position, in milliseconds. */
  readonly positionMs: number
}

export type PlayerEvent =
  /**
   * Its sound began. Sent once; a resume is not a new start. For a preloaded item: after `ended` of the one
   * before.
   */
  | { readonly type: 'started'; readonly id: string }
  /** Its position, after a start, pause, resume and seek, and at least once a second while it sounds. */
  | { readonly type: 'position'; readonly id: string; readonly positionMs: number }
  /** It stalls because data is missing. */
  | { readonly type: 'buffering'; readonly id: string }
  /** It resumes after `buffering`. */
  | { readonly type: 'rebuffered'; readonly id: string }
  /** It was played to its end: an end that comes too early is `failed`. */
  | { readonly type: 'ended'; readonly id: string }
  /**
   * It cannot be played, or no further. `error.code` is one of `player/*`. Now nothing sounds, not even a
   * preloaded item.
   */
  | { readonly type: 'failed'; readonly id: string; readonly error: AppError }
  /** The player itself ended, without a command. Its last event; every command rejects from now on. */
  | { readonly type: 'gone'; readonly error: AppError }

/**
 * The interface of every player backend: commands in, events out. {@link OpenPlayer} starts a player; after
 * `gone` or {@link close} a new one is needed.
 *
 * Commands resolve when the backend has accepted them, not when they are audible; an event may come before
 * that. Callers may send several without waiting; the backend carries them out in order.
 *
 * @throws AppError `player/*` from any command: then nothing was changed
 */
export interface Player {
  /**
   * Replaces the current item and drops the preloaded one. With `paused` the item is prepared and stays
   * silent.
   */
  load(item: PlayerItem, paused: boolean): Promise<void>
  /**
   * Sets the item that follows by itself, without a gap, when the current one ends: `ended` of that one, then
   * `started` of this one. Replaces an earlier preload; undefined: nothing follows. In force when it
   * resolves. A backend that cannot preload does nothing, and {@link preloads} is false.
   */
  preload(item: PlayerItem | undefined): Promise<void>
  readonly preloads: boolean
  /** Whether it plays protected streams, with a licensed decryption module of its own. */
  readonly decrypts: boolean
  play(): Promise<void>
  pause(): Promise<void>
  /** Removes the current and the preloaded item, without an event. */
  stop(): Promise<void>
  seek(positionMs: number): Promise<void>
  /** @param percent 0-100, fractions included; cubic: the amplitude is (percent / 100) ** 3 of the full one */
  setVolume(percent: number): Promise<void>
  setMuted(muted: boolean): Promise<void>
  /** Ends the player; resolves when it has ended. No event after that. Never rejects. */
  close(): Promise<void>
}

/**
 * Starts a player. Resolves when it accepts commands; it is then at full volume, with nothing loaded.
 *
 * @param signal aborts the start, not the running player
 * @throws AppError `player/missing` when it cannot be started at all, `player/failed`
 */
export type OpenPlayer = (onEvent: (event: PlayerEvent) => void, signal: AbortSignal) => Promise<Player>
