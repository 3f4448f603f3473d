import type { PlayerItem } from '../../player.ts'
import type { MpvProblem } from './mpv-problem.ts'
import type { Address } from './stream-address.ts'

/** How much of the end may be missing: sound still in the sound card's buffer, and rounding of durations. */
const endToleranceMs = 1_500

/** How far an item may have moved since its last known position. */
const longestUnheardMs = 3_000

/** An item on mpv's playlist, and its progress. */
export class Entry {
  readonly item: PlayerItem
  readonly address: Address
  readonly trouble: MpvProblem
  /** mpv's id; undefined until mpv has accepted it. */
  mpvId: number | undefined
  /** Whether mpv has opened it, so that it can seek. */
  isOpen = false
  /** Whether it sounds, or would if it were not paused. */
  isReady = false
  hasStarted = false
  #isBuffering = false
  /** Position to seek to once it is open. */
  seekToMs: number | undefined
  /** Target of a seek under way; undefined once mpv has answered. */
  seekingToMs: number | undefined
  #positionMs: number
  #movedAtMs = Infinity
  /** Duration from the file, which may be an estimate. */
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

  /** @param nowMs monotonic time of that position */
  moveTo(positionMs: number, nowMs: number): void {
    this.#positionMs = Math.max(0, positionMs)
    this.#movedAtMs = nowMs
  }

  get isBuffering(): boolean {
    return this.#isBuffering
  }

  /** Sets whether it stalls because data is missing. @param nowMs monotonic time of the change */
  setBuffering(isBuffering: boolean, nowMs: number): void {
    this.moveTo(this.#positionMs + this.#unheardMs(nowMs), nowMs)
    this.#isBuffering = isBuffering
  }

  /**
   * Whether an end now is the real end: mpv reports a broken connection as the end of the file. Both
   * durations may be too long: the file's when it is an estimate, the service's when the stream is an
   * excerpt.
   */
  isComplete(nowMs: number): boolean {
    const durations = [this.fileDurationMs, this.item.durationMs].filter((ms) => ms !== undefined)
    if (durations.length === 0) return !this.trouble.brokeOff
    // After a seek to the very end, mpv answers and ends at once.
    const furthestMs = Math.max(this.#positionMs + this.#unheardMs(nowMs), this.seekingToMs ?? 0)
    return furthestMs >= Math.min(...durations) - endToleranceMs
  }

  /** Time played since the last known position. */
  #unheardMs(nowMs: number): number {
    return this.#isBuffering ? 0 : Math.min(Math.max(nowMs - this.#movedAtMs, 0), longestUnheardMs)
  }
}
