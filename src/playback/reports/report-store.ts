import { errorFields, type Log } from '../../lib/log.ts'
import type { StoredFile } from '../../lib/storage/stored-file.ts'
import type { PlaybackReport } from '../../amazon-music/api.ts'

/** Older ones beyond this are given up: some five hundred tracks without a network. */
const mostWaiting = 1_000

/** The event reports that wait, oldest first, and their copy on the disk. */
export class ReportStore {
  readonly #store: StoredFile<readonly PlaybackReport[]>
  readonly #log: Log
  readonly #reports: PlaybackReport[]
  #isStored: boolean
  /** Whether the disk holds exactly what waits. */
  #isSaved = true

  constructor(store: StoredFile<readonly PlaybackReport[]>, log: Log) {
    this.#store = store
    this.#log = log
    this.#reports = [...(store.value ?? [])]
    this.#isStored = this.#reports.length > 0
    const last = this.#reports.at(-1)
    // An earlier life ended without a word while this played: nobody else can report its end.
    if (last?.type === 'start') this.add({ ...last, type: 'stop', terminationReason: 'systemStop' })
  }

  /** Live. */
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

  /** Puts a stop before all that waits, unless it waits already. */
  addFirst(stop: PlaybackReport): void {
    if (this.#reports.some(({ type, metricId }) => type === 'stop' && metricId === stop.metricId)) return
    this.#reports.unshift(stop)
    this.#isSaved = false
  }

  /** They are delivered. */
  remove(reports: readonly PlaybackReport[]): void {
    for (const report of reports) {
      const index = this.#reports.indexOf(report)
      if (index === -1) continue
      this.#reports.splice(index, 1)
      this.#isSaved = false
    }
    // What the disk still holds would be sent again in the next life.
    if (this.#isStored) this.save()
  }

  /** Removes a report that is never delivered; with a start goes its stop, which means nothing without it. */
  giveUp(report: PlaybackReport): void {
    const next = this.#reports[this.#reports.indexOf(report) + 1]
    const isPair = report.type === 'start' && next?.type === 'stop' && next.metricId === report.metricId
    this.remove(isPair ? [report, next] : [report])
  }

  /** Gives up all that waits. */
  clear(): void {
    this.#reports.length = 0
    this.#isSaved = false
    this.save()
  }

  /** Makes the copy on the disk what waits. */
  save(): void {
    if (this.#isSaved || (this.#reports.length === 0 && !this.#isStored)) return
    try {
      if (this.#reports.length === 0) this.#store.clear()
      else this.#store.save([...this.#reports])
      this.#isStored = this.#reports.length > 0
      this.#isSaved = true
    } catch (error) {
      // Said by base/save-troubles.ts, once for all files.
      this.#log.debug('Waiting event reports could not be saved', errorFields(error))
    }
  }
}
