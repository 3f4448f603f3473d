import { Condition } from '../../lib/async/condition.ts'
import type { Clock } from '../../lib/clock.ts'
import { errorFields, type Log } from '../../lib/log.ts'
import type { StoredFile } from '../../lib/storage/stored-file.ts'
import type { LastMoment } from './stored-forms.ts'

export interface ResumePointOptions {
  readonly store: StoredFile<LastMoment>
  /** How things stand now. */
  readonly look: () => LastMoment
  /** How long until what plays comes to its end, in milliseconds; undefined: not known. */
  readonly endsInMs: () => number | undefined
  readonly clock: Clock
  readonly log: Log
}

/** Several changes in a row, such as a volume knob that is turned, become one write. */
const lingerMs = 2_000
/** Nothing is written more often: memory cards wear out. */
const leastGapMs = 60_000

/**
 * Keeps on the disk what a next life goes on from. Written when something but the position changed, and while a position
 * moves; not more than once a minute, and not at all while nothing changes. Two things do not wait. That the music was
 * paused or stopped: after a power cut nothing may play that somebody has silenced. That the service was told of a start
 * or a stop: the next life must not tell it twice. A position is not written in the last minute of a track, because its
 * end is.
 */
export class ResumePoint {
  readonly #options: ResumePointOptions
  readonly #changed = new Condition()
  #written: string
  #isOver = false
  #hasFailed = false
  /** Monotonic; of one that failed too, or found nothing to write. */
  #lastTryAtMs = -Infinity

  constructor(options: ResumePointOptions) {
    this.#options = options
    this.#written = JSON.stringify(options.store.value)
  }

  /** Something may have changed. */
  note(): void {
    if (this.#isStale()) this.#changed.notifyAll()
  }

  /** Writes now what is not on the disk yet: the service was told something, or this life ends. */
  save(): void {
    if (this.#isOver) return
    const { store, look, clock, log } = this.#options
    const moment = look()
    const text = JSON.stringify(moment)
    this.#lastTryAtMs = clock.monotonicMs()
    if (text === this.#written) return
    try {
      store.save(moment)
      this.#written = text
      this.#hasFailed = false
    } catch (error) {
      this.#hasFailed = true
      // Said by base/save-troubles.ts, once for all files.
      log.debug('What plays could not be saved', errorFields(error))
    }
  }

  /** Writes for the last time: what comes is the end of this life, and not what the next one goes on from. */
  close(): void {
    this.save()
    this.#isOver = true
  }

  /** The stop that was kept has become a waiting report: it must not be sent twice. */
  forgetUnreported(): void {
    const { value } = this.#options.store
    if (value?.unreported !== undefined) this.#replace({ ...value, unreported: undefined })
  }

  /** What played belonged to an account that is gone. Volume and mute are the device's own. */
  forgetPlaying(): void {
    const { value } = this.#options.store
    if (value === undefined) return
    const { volume, muted } = value
    this.#replace({ volume, muted, playing: undefined, unreported: undefined })
    // The copy of the file before, too.
    this.#replace({ volume, muted, playing: undefined, unreported: undefined })
  }

  #replace(moment: LastMoment): void {
    const { store, log } = this.#options
    try {
      store.save(moment)
      this.#written = JSON.stringify(moment)
    } catch (error) {
      // Said by base/save-troubles.ts, once for all files.
      log.debug('What played is kept on the disk', errorFields(error))
    }
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options
    while (!signal.aborted) {
      try {
        const waitMs = this.#waitMs()
        if (waitMs === undefined) await this.#changed.wait(signal)
        else if (waitMs > 0) await this.#changed.waitFor(clock, waitMs, signal)
        else {
          if (this.#isStale()) await clock.sleep(lingerMs, signal)
          if (this.#waitMs() === 0) this.save()
        }
      } catch {
        // Aborted: close() writes what there is.
      }
    }
  }

  /** How long until the disk is to be written, in milliseconds; undefined: not before something changes. */
  #waitMs(): number | undefined {
    const { clock, look, endsInMs } = this.#options
    const allowedInMs = Math.max(this.#lastTryAtMs + leastGapMs - clock.monotonicMs(), 0)
    if (this.#isStale()) return this.#isSilenced() && !this.#hasFailed ? 0 : allowedInMs
    if (look().playing?.intent !== 'playing') return undefined
    const leftMs = endsInMs() ?? Infinity
    return leftMs > 0 && leftMs < allowedInMs + leastGapMs ? leftMs + lingerMs : allowedInMs
  }

  /** Whether the disk says that music plays, and none does. */
  #isSilenced(): boolean {
    const { look, store } = this.#options
    return store.value?.playing?.intent === 'playing' && look().playing?.intent !== 'playing'
  }

  #isStale(): boolean {
    const { look, store } = this.#options
    return !this.#isOver && withoutPosition(look()) !== withoutPosition(store.value)
  }
}

function withoutPosition(moment: LastMoment | undefined): string {
  if (moment === undefined) return ''
  const { volume, muted, playing, unreported } = moment
  return JSON.stringify([volume, muted, playing?.intent, playing?.referenceId, unreported?.metricId])
}
