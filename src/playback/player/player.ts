import type { AppError } from '../../lib/errors.ts'
import type { Stream } from '../../amazon-music/entity.ts'

/** What a player is given to play. */
export interface PlayerItem {
  /**
   * Dealt anew for every playing, even of the same entity. Comes back with every event of this item, so that a late
   * event of a replaced item is told apart.
   */
  readonly id: string
  /** As the service tells it; undefined: not known, or without an end. */
  readonly durationMs: number | undefined
  /** Undefined: the service named no address. */
  readonly stream: Stream | undefined
  /** Where to begin, in milliseconds. */
  readonly positionMs: number
}

export type PlayerEvent =
  /** Its sound began. Said once; a resume is not a new start. Of a preloaded item, after `ended` of the one before. */
  | { readonly type: 'started'; readonly id: string }
  /** Where it is, after a start, pause, resume and seek, and at least once a second while it sounds. */
  | { readonly type: 'position'; readonly id: string; readonly positionMs: number }
  /** It stands still for want of data. */
  | { readonly type: 'buffering'; readonly id: string }
  /** It goes on after `buffering`. */
  | { readonly type: 'rebuffered'; readonly id: string }
  /** Played to its end: an end that comes too early is `failed`. */
  | { readonly type: 'ended'; readonly id: string }
  /** Cannot be played, or no further. `error.code` is one of `player/*`. Nothing sounds now, preloaded or not. */
  | { readonly type: 'failed'; readonly id: string; readonly error: AppError }
  /** The player itself ended, unasked. Its last event; every command rejects from now on. */
  | { readonly type: 'gone'; readonly error: AppError }

/**
 * The port every player backend implements: commands in, events out. A player is a running thing: it is made by
 * {@link OpenPlayer}, and after `gone` or {@link close} another one is made.
 *
 * Commands resolve when the backend has taken them, not when they are heard; an event may come before that. They may
 * be given without waiting for the one before, and are taken in order.
 *
 * @throws AppError `player/*` from any command: then nothing was changed
 */
export interface Player {
  /** Replaces whatever plays and drops what is preloaded. With `paused` it is made ready and makes no sound yet. */
  load(item: PlayerItem, paused: boolean): Promise<void>
  /**
   * What follows by itself, without a gap, when the present item ends: `ended` of that one, then `started` of this one.
   * Takes the place of what was preloaded before; undefined: nothing follows. When it resolves, that is so.
   * A backend that cannot preload does nothing, and {@link preloads} says so.
   */
  preload(item: PlayerItem | undefined): Promise<void>
  readonly preloads: boolean
  /** Whether it plays protected streams, with a licensed decryption module of its own. */
  readonly decrypts: boolean
  play(): Promise<void>
  pause(): Promise<void>
  /** Takes off the item and what is preloaded, without an event. */
  stop(): Promise<void>
  seek(positionMs: number): Promise<void>
  /** @param percent 0-100, fractions included; cubic: the amplitude is (percent / 100) ** 3 of the full one */
  setVolume(percent: number): Promise<void>
  setMuted(muted: boolean): Promise<void>
  /** Ends it; resolves when it has ended. No event after that. Never rejects. */
  close(): Promise<void>
}

/**
 * Starts a player. Resolves when it takes commands; at full volume, nothing loaded.
 *
 * @param signal aborts the start, not the running player
 * @throws AppError `player/missing` when it cannot be started at all, `player/failed`
 */
export type OpenPlayer = (onEvent: (event: PlayerEvent) => void, signal: AbortSignal) => Promise<Player>
