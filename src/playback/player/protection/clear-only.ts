import { toAppError } from '../../../lib/errors.ts'
import type { Stream } from '../../../amazon-music/entity.ts'
import type { OpenPlayer, Player, PlayerItem } from '../player.ts'
import type { ProtectionCheck } from './protection.ts'

/**
 * Gives a backend only unprotected streams. A backend that decrypts is returned as it is.
 *
 * While a manifest is checked, nothing sounds: the item before is stopped first, so that a refused item
 * leaves silence. Pause, play and seek are stored until the new item is loaded. A load, preload or stop that
 * comes meanwhile replaces the item under check; its load then resolves, as with any player that gets two
 * commands in a row.
 */
export function clearOnly(open: OpenPlayer, check: ProtectionCheck): OpenPlayer {
  return async (onEvent, signal) => {
    const player = await open(onEvent, signal)
    return player.decrypts ? player : new ClearOnlyPlayer(player, check)
  }
}

/** Replaces the item's stream by the one from the check, if any. */
function withStream<T extends PlayerItem | undefined>(item: T, stream: Stream | undefined): T {
  return item === undefined || stream === undefined ? item : { ...item, stream }
}

/** An item whose manifest is being checked. */
interface Candidate {
  item: PlayerItem
  isPaused: boolean
  /** Aborted when another item takes its place. */
  readonly over: AbortController
  /** Whether it was loaded, once that is known. */
  isOn: Promise<boolean>
}

class ClearOnlyPlayer implements Player {
  readonly decrypts = false
  readonly preloads: boolean
  readonly #player: Player
  readonly #check: ProtectionCheck
  #candidate: Candidate | undefined
  /** Aborts the check of the next item. */
  #ahead = new AbortController()

  constructor(player: Player, check: ProtectionCheck) {
    this.#player = player
    this.#check = check
    this.preloads = player.preloads
  }

  /** @throws AppError from the check or the backend: then nothing sounds */
  async load(item: PlayerItem, paused: boolean): Promise<void> {
    this.#forget()
    const over = new AbortController()
    const verdict = item.stream && this.#check(item.stream, over.signal)
    if (verdict === undefined) return this.#player.load(item, paused)
    const candidate: Candidate = { item, isPaused: paused, over, isOn: Promise.resolve(false) }
    this.#candidate = candidate
    const putOn = this.#putOn(candidate, verdict)
    candidate.isOn = putOn.catch(() => false)
    await putOn
  }

  /**
   * @throws AppError from the check or the backend: then nothing follows, and the item needs a load when its
   *   turn comes
   */
  async preload(item: PlayerItem | undefined): Promise<void> {
    this.#ahead.abort()
    const over = new AbortController()
    this.#ahead = over
    if (this.#candidate !== undefined && (!(await this.#candidate.isOn) || over.signal.aborted)) return
    // A player that does not preload needs no check.
    const verdict = this.preloads && item?.stream ? this.#check(item.stream, over.signal) : undefined
    if (verdict === undefined) return this.#player.preload(item)
    const [judged] = await Promise.allSettled([verdict])
    if (over.signal.aborted) return
    await this.#player.preload(judged.status === 'fulfilled' ? withStream(item, judged.value) : undefined)
    if (judged.status === 'rejected') throw toAppError(judged.reason)
  }

  async play(): Promise<void> {
    if (this.#candidate === undefined) return this.#player.play()
    this.#candidate.isPaused = false
  }

  async pause(): Promise<void> {
    if (this.#candidate === undefined) return this.#player.pause()
    this.#candidate.isPaused = true
  }

  async seek(positionMs: number): Promise<void> {
    if (this.#candidate === undefined) return this.#player.seek(positionMs)
    this.#candidate.item = { ...this.#candidate.item, positionMs }
  }

  stop(): Promise<void> {
    this.#forget()
    return this.#player.stop()
  }

  setVolume(percent: number): Promise<void> {
    return this.#player.setVolume(percent)
  }

  setMuted(muted: boolean): Promise<void> {
    return this.#player.setMuted(muted)
  }

  close(): Promise<void> {
    this.#forget()
    return this.#player.close()
  }

  /** @returns whether it was loaded: not when another item took its place */
  async #putOn(candidate: Candidate, verdict: Promise<Stream | undefined>): Promise<boolean> {
    const [stopped, judged] = await Promise.allSettled([this.#player.stop(), verdict])
    if (this.#candidate !== candidate) return false
    this.#candidate = undefined
    for (const one of [stopped, judged]) if (one.status === 'rejected') throw toAppError(one.reason)
    const stream = judged.status === 'fulfilled' ? judged.value : undefined
    await this.#player.load(withStream(candidate.item, stream), candidate.isPaused)
    return true
  }

  #forget(): void {
    this.#candidate?.over.abort()
    this.#candidate = undefined
    this.#ahead.abort()
  }
}
