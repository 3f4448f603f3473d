import { Bell } from '../base/bell.ts'
import type { Clock } from '../base/clock.ts'
import { errorFields, type Log } from '../base/log.ts'
import type { StoredFile } from '../base/stored-file.ts'
import type { LastMoment } from './kept.ts'

export interface KeeperOptions {
  readonly store: StoredFile<LastMoment>
  /** How things stand now. */
  readonly look: () => LastMoment
  readonly clock: Clock
  readonly log: Log
}

/** Several changes in a row, such as a volume knob that is turned, become one write. */
const lingerMs = 2_000
/** How often a position alone is written: memory cards wear out. */
const positionEveryMs = 60_000

/**
 * Keeps on the disk what a next life goes on from. Written when something but the position changed, and once a minute
 * while a position moves; not at all while nothing does.
 */
export class Keeper {
  readonly #options: KeeperOptions
  readonly #changed = new Bell()
  #written: string
  #isOver = false

  constructor(options: KeeperOptions) {
    this.#options = options
    this.#written = JSON.stringify(options.store.value)
  }

  /** Something may have changed. */
  note(): void {
    if (this.#isStale()) this.#changed.ring()
  }

  /** Writes now what is not on the disk yet. */
  save(): void {
    if (this.#isOver) return
    const { store, look, log } = this.#options
    const moment = look()
    const text = JSON.stringify(moment)
    if (text === this.#written) return
    try {
      store.save(moment)
      this.#written = text
    } catch (error) {
      log.warn('What plays could not be saved: a restart would not go on with it', errorFields(error))
    }
  }

  /** Writes for the last time: what comes is the end of this life, and not what the next one goes on from. */
  close(): void {
    this.save()
    this.#isOver = true
  }

  /** The stop that was kept has become a waiting report: it must not be sent twice. */
  forgetUnreported(): void {
    const { store, log } = this.#options
    const { value } = store
    if (value?.unreported === undefined) return
    try {
      store.save({ ...value, unreported: undefined })
    } catch (error) {
      log.warn('The end of what played is kept and will be reported once more', errorFields(error))
    }
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, look } = this.#options
    while (!signal.aborted) {
      try {
        if (!this.#isStale()) {
          const isMoving = look().playing?.intent === 'playing'
          await (isMoving
            ? this.#changed.nextOrAfter(clock, positionEveryMs, signal)
            : this.#changed.next(signal))
        }
        if (this.#isStale()) await clock.sleep(lingerMs, signal)
        this.save()
      } catch {
        // Aborted: close() writes what there is.
      }
    }
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
