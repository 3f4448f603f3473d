import type { PlayerItem } from '../../player.ts'
import type { MpvProblem } from './mpv-problem.ts'
import type { Address } from './stream-address.ts'

/** How much of the end may be missing: what is still in the sound card's buffer, and rounded durations. */
const endToleranceMs = 1_500

/** How far an item may have come since its position was last heard of. */
const longestUnheardMs = 3_000

/** An item on mpv's playlist, and how far it has come. */
export class Entry {
  readonly item: PlayerItem
  readonly address: Address
  readonly trouble: MpvProblem
  /** mpv's id; undefined until mpv has taken it. */
  mpvId: number | undefined
  /** mpv knows what is in it: it can be sought. */
  isOpen = false
  /** It sounds, or would if it were not paused. */
  isReady = false
  hasStarted = false
  #isBuffering = false
  /** Where to go once it is open. */
  seekToMs: number | undefined
  /** Where mpv is asked to go; undefined once it has answered. */
  seekingToMs: number | undefined
  #positionMs: number
  #movedAtMs = Infinity
  /** As the file says, which may be an estimate. */
  fileDurationMs: number | undefined

  constructor(item: PlayerItem, address: Address, trouble: MpvProblem) {
    this.item = item
    this.address = address
    this.trouble = trouble
    this.#positionMs = item.positionMs
  }

  get positionMs(): number {
    return this.#positionMs
  }

  /** @param nowMs the clock's time at which it was there */
  moveTo(positionMs: number, nowMs: number): void {
    this.#positionMs = Math.max(0, positionMs)
    this.#movedAtMs = nowMs
  }

  get isBuffering(): boolean {
    return this.#isBuffering
  }

  /** It stands still for want of data, or goes on. @param nowMs the clock's time at which it does */
  setBuffering(isBuffering: boolean, nowMs: number): void {
    this.moveTo(this.#positionMs + this.#unheardMs(nowMs), nowMs)
    this.#isBuffering = isBuffering
  }

  /**
   * Whether an end at this moment is its end. mpv takes a connection that broke for the end of the file. Both durations
   * may be too long: the file's when it is estimated, the service's when the stream is an excerpt.
   */
  isComplete(nowMs: number): boolean {
    const durations = [this.fileDurationMs, this.item.durationMs].filter((ms) => ms !== undefined)
    if (durations.length === 0) return !this.trouble.brokeOff
    // Sought to the very end, mpv answers and ends in one breath.
    const furthestMs = Math.max(this.#positionMs + this.#unheardMs(nowMs), this.seekingToMs ?? 0)
    return furthestMs >= Math.min(...durations) - endToleranceMs
  }

  /** It has sounded on since its position was last asked for. */
  #unheardMs(nowMs: number): number {
    return this.#isBuffering ? 0 : Math.min(Math.max(nowMs - this.#movedAtMs, 0), longestUnheardMs)
  }
}
