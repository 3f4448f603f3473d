import { Condition } from '../../lib/async/condition.ts'
import type { Clock } from '../../lib/clock.ts'
import { errorFields, type Log } from '../../lib/log.ts'
import type { StoredFile } from '../../lib/storage/stored-file.ts'
import type { LastMoment } from './stored-forms.ts'

export interface ResumePointOptions {
  readonly store: StoredFile<LastMoment>
  /** Returns the current state to save. */
  readonly look: () => LastMoment
  /** Milliseconds until the current entity ends; undefined: not known. */
  readonly endsInMs: () => number | undefined
  readonly clock: Clock
  readonly log: Log
}

/** Merges several changes in a row, such as turns of a volume knob, into one write. */
const lingerMs = 2_000
/** Shortest time between writes: memory cards wear out. */
const leastGapMs = 60_000

/**
 * Saves the state from which playback resumes after a restart. Writes when something other than the position
 * changed, and while a position moves; at most once a minute, and not while nothing changes. Two changes do
 * not wait. A pause or stop: after a power cut, music that a user has silenced must not play. A start or stop
 * that was reported to the service: it must not be reported twice after a restart. A position is not written
 * in the last minute of a track, because its end is.
 */
export class ResumePoint {
  readonly #options: ResumePointOptions
  readonly #changed = new Condition()
  #written: string
  #isOver = false
  #hasFailed = false
  /** Monotonic time of the last try to write, even if it failed or found nothing to write. */
  #lastTryAtMs = -Infinity

  constructor(options: ResumePointOptions) {
    this.#options = options
    this.#written = JSON.stringify(options.store.value)
  }

  /** Call when something may have changed. */
  note(): void {
    if (this.#isStale()) this.#changed.notifyAll()
  }

  /** Writes changes now: a report was delivered, or the agent stops. */
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
      // SaveRetry logs it, once for all files.
      log.debug('What plays could not be saved', errorFields(error))
    }
  }

  /** Writes for the last time. Later changes are part of the agent's stop, and not a state to resume from. */
  close(): void {
    this.save()
    this.#isOver = true
  }

  /** Removes the saved stop, which is now a waiting report: it must not be sent twice. */
  forgetUnreported(): void {
    const { value } = this.#options.store
    if (value?.unreported !== undefined) this.#replace({ ...value, unreported: undefined })
  }

  /** Removes what played: its account is gone. Volume and mute belong to the device, and stay. */
  forgetPlaying(): void {
    const { value } = this.#options.store
    if (value === undefined) return
    const { volume, muted } = value
    this.#replace({ volume, muted, playing: undefined, unreported: undefined })
    // The second save also overwrites the previous copy of the file.
    this.#replace({ volume, muted, playing: undefined, unreported: undefined })
  }

  #replace(moment: LastMoment): void {
    const { store, log } = this.#options
    try {
      store.save(moment)
      this.#written = JSON.stringify(moment)
    } catch (error) {
      // SaveRetry logs it, once for all files.
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

  /** Milliseconds until the next write; undefined: not before something changes. */
  #waitMs(): number | undefined {
    const { clock, look, endsInMs } = this.#options
    const allowedInMs = Math.max(this.#lastTryAtMs + leastGapMs - clock.monotonicMs(), 0)
    if (this.#isStale()) return this.#isSilenced() && !this.#hasFailed ? 0 : allowedInMs
    if (look().playing?.intent !== 'playing') return undefined
    const leftMs = endsInMs() ?? Infinity
    return leftMs > 0 && leftMs < allowedInMs + leastGapMs ? leftMs + lingerMs : allowedInMs
  }

  /** Whether the saved state is playing, and the current one is not. */
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
