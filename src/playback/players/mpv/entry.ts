import type { PlayerItem } from '../../player.ts'
import type { Trouble } from './mpv-trouble.ts'
import type { Address } from './stream-address.ts'

/** How much of the end may be missing: what is still in the sound card's buffer, and rounded durations. */
const endToleranceMs = 1_500

/** An item on mpv's playlist, and how far it has come. */
export class Entry {
  readonly item: PlayerItem
  readonly address: Address
  readonly trouble: Trouble
  /** mpv's id; undefined until mpv has taken it. */
  mpvId: number | undefined
  /** mpv knows what is in it: it can be sought. */
  isOpen = false
  /** It sounds, or would if it were not paused. */
  isReady = false
  hasStarted = false
  isBuffering = false
  /** Where to go once it is open. */
  seekToMs: number | undefined
  positionMs: number
  /** As the file says, which may be an estimate. */
  fileDurationMs: number | undefined
  /** Clock's time at which the position was last told. */
  toldAtMs = -Infinity

  constructor(item: PlayerItem, address: Address, trouble: Trouble) {
    this.item = item
    this.address = address
    this.trouble = trouble
    this.positionMs = item.positionMs
  }

  /**
   * Whether an end here is its end. mpv takes a connection that broke for the end of the file. Both durations may be
   * too long: the file's when it is estimated, the service's when the stream is an excerpt.
   */
  get isComplete(): boolean {
    const durations = [this.fileDurationMs, this.item.durationMs].filter((ms) => ms !== undefined)
    return durations.length === 0
      ? !this.trouble.brokeOff
      : this.positionMs >= Math.min(...durations) - endToleranceMs
  }
}
