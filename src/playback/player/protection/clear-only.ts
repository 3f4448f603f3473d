import { toAppError } from '../../../lib/errors.ts'
import type { Stream } from '../../../amazon-music/entity.ts'
import type { OpenPlayer, Player, PlayerItem } from '../player.ts'
import type { ProtectionCheck } from './protection.ts'

/**
 * Lets a backend have only what is not protected. One that decrypts is left as it is.
 *
 * While a manifest is looked at, nothing sounds: the item before is taken off first, so that what is refused leaves
 * silence, and pause, play and seek are noted for when it is put on. A load, preload or stop that comes meanwhile takes
 * the place of what is looked at; that resolves then, as with any player that is told two things in a row.
 */
export function clearOnly(open: OpenPlayer, check: ProtectionCheck): OpenPlayer {
  return async (onEvent, signal) => {
    const player = await open(onEvent, signal)
    return player.decrypts ? player : new ClearOnlyPlayer(player, check)
  }
}

/** What the check found in place of the item's own, if anything. */
function withStream<T extends PlayerItem | undefined>(item: T, stream: Stream | undefined): T {
  return item === undefined || stream === undefined ? item : { ...item, stream }
}

/** An item whose manifest is looked at. */
interface Candidate {
  item: PlayerItem
  isPaused: boolean
  /** Aborted when something else takes its place. */
  readonly over: AbortController
  /** Whether it was put on, once that is known. */
  isOn: Promise<boolean>
}

class ClearOnlyPlayer implements Player {
  readonly decrypts = false
  readonly preloads: boolean
  readonly #player: Player
  readonly #check: ProtectionCheck
  #candidate: Candidate | undefined
  /** Of the item whose turn is next. */
  #ahead = new AbortController()

  constructor(player: Player, check: ProtectionCheck) {
    this.#player = player
    this.#check = check
    this.preloads = player.preloads
  }

  /** @throws AppError what the check rejects with, or the backend: then nothing sounds */
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

  /** @throws AppError what the check rejects with, or the backend: then nothing follows, and its turn comes by load */
  async preload(item: PlayerItem | undefined): Promise<void> {
    this.#ahead.abort()
    const over = new AbortController()
    this.#ahead = over
    if (this.#candidate !== undefined && (!(await this.#candidate.isOn) || over.signal.aborted)) return
    // Nothing is asked for a player that will not have it.
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

  /** @returns whether it is on: not when something else took its place */
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
