import { errorFields, type Log } from '../../lib/log.ts'
import type { StoredFile } from '../../lib/storage/stored-file.ts'
import type { PlaybackReport } from '../../amazon-music/api.ts'

/**
 * Older reports beyond this number are dropped: it holds some five hundred tracks played without a network.
 */
const mostWaiting = 1_000

/** Waiting event reports, oldest first, and their copy on the disk. */
export class ReportStore {
  readonly #store: StoredFile<readonly PlaybackReport[]>
  readonly #log: Log
  readonly #reports: PlaybackReport[]
  #isStored: boolean
  /** Whether the disk holds exactly the waiting reports. */
  #isSaved = true

  constructor(store: StoredFile<readonly PlaybackReport[]>, log: Log) {
    this.#store = store
    this.#log = log
    this.#reports = [...(store.value ?? [])]
    this.#isStored = this.#reports.length > 0
    const last = this.#reports.at(-1)
    // The agent ended unexpectedly while this played: nobody else can report its stop.
    if (last?.type === 'start') this.add({ ...last, type: 'stop', terminationReason: 'systemStop' })
  }

  /** Not a copy: it changes. */
  get reports(): readonly PlaybackReport[] {
    return this.#reports
  }

  add(report: PlaybackReport): void {
    this.#reports.push(report)
    this.#isSaved = false
    const [oldest] = this.#reports
    if (this.#reports.length <= mostWaiting || oldest === undefined) return
    this.#log.warn('An event report was given up: too many wait', { waiting: mostWaiting })
    this.giveUp(oldest)
  }

  /** Adds a stop before all others, unless it is queued already. */
  addFirst(stop: PlaybackReport): void {
    if (this.#reports.some(({ type, metricId }) => type === 'stop' && metricId === stop.metricId)) return
    this.#reports.unshift(stop)
    this.#isSaved = false
  }

  /** Removes delivered reports. */
  remove(reports: readonly PlaybackReport[]): void {
    for (const report of reports) {
      const index = this.#reports.indexOf(report)
      if (index === -1) continue
      this.#reports.splice(index, 1)
      this.#isSaved = false
    }
    // Reports still on the disk would be sent again after the next start.
    if (this.#isStored) this.save()
  }

  /**
   * Removes a report that is never delivered. The stop of a start goes with it, since it has no meaning
   * alone.
   */
  giveUp(report: PlaybackReport): void {
    const next = this.#reports[this.#reports.indexOf(report) + 1]
    const isPair = report.type === 'start' && next?.type === 'stop' && next.metricId === report.metricId
    this.remove(isPair ? [report, next] : [report])
  }

  /** Drops all reports. */
  clear(): void {
    this.#reports.length = 0
    this.#isSaved = false
    this.save()
  }

  /** Updates the copy on the disk. */
  save(): void {
    if (this.#isSaved || (this.#reports.length === 0 && !this.#isStored)) return
    try {
      if (this.#reports.length === 0) this.#store.clear()
      else this.#store.save([...this.#reports])
      this.#isStored = this.#reports.length > 0
      this.#isSaved = true
    } catch (error) {
      // SaveRetry logs it, once for all files.
      this.#log.debug('Waiting event reports could not be saved', errorFields(error))
    }
  }
}
