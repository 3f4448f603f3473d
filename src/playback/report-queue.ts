import type { Clock } from '../base/clock.ts'
import { toAppError } from '../base/errors.ts'
import { errorFields, type Log } from '../base/log.ts'
import { backOffMs } from '../base/retry.ts'
import type { StoredFile } from '../base/stored-file.ts'
import { Wake } from '../base/wake.ts'
import type { MusicApi, PlaybackReport } from '../music/music-api.ts'

/** Older ones beyond this are given up: some five hundred tracks without a network. */
const mostWaiting = 1_000
/** The true limit of Report Multiple Events is not documented. */
const mostAtOnce = 20

export interface ReportQueueOptions {
  readonly api: Pick<MusicApi, 'report'>
  readonly store: StoredFile<readonly PlaybackReport[]>
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
}

/**
 * Event reports on their way to the service, in order. While it cannot be reached they wait, on disk too, and then
 * go as batches. The disk is not touched as long as reports go out at once.
 */
export class ReportQueue {
  readonly #options: ReportQueueOptions
  #waiting: PlaybackReport[]
  #stored: boolean
  #sending: Promise<void> | undefined
  readonly #added = new Wake()

  constructor(options: ReportQueueOptions) {
    this.#options = options
    this.#waiting = [...(options.store.value ?? [])]
    this.#stored = this.#waiting.length > 0
  }

  get waiting(): number {
    return this.#waiting.length
  }

  add(report: PlaybackReport | undefined): void {
    if (report === undefined) return
    this.#waiting.push(report)
    if (this.#waiting.length > mostWaiting) {
      this.#waiting.shift()
      this.#options.log.warn('An event report was given up: too many wait', { waiting: mostWaiting })
    }
    this.#added.wake()
  }

  /** Sends what waits, now. Never throws: what cannot be sent goes on waiting. */
  async flush(signal: AbortSignal): Promise<void> {
    try {
      await this.#send(signal)
    } catch {
      // run() tries again, and logs.
    }
  }

  /** Sends reports as they come until `signal` aborts, then saves what is left. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random, log } = this.#options
    const stopping = (): boolean => signal.aborted
    let failures = 0
    while (!stopping()) {
      try {
        await this.#send(signal)
        failures = 0
        await this.#added.wait(signal)
      } catch (error) {
        if (failures === 0 && !stopping()) log.warn('Event reports wait for the service', errorFields(error))
        this.save()
        const waitMs = Math.max(backOffMs(failures++, random), toAppError(error).retryAfterMs ?? 0)
        await clock.sleep(waitMs, signal).catch(() => undefined)
      }
    }
    this.save()
  }

  #send(signal: AbortSignal): Promise<void> {
    this.#sending ??= this.#sendAll(signal).finally(() => (this.#sending = undefined))
    return this.#sending
  }

  async #sendAll(signal: AbortSignal): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, mostAtOnce)
      // One bad report must not hold up the others, and the batch route itself is inferred: then one by one.
      if (!(await this.#accepted(batch, signal)) && batch.length > 1) {
        for (const report of batch) {
          await this.#accepted([report], signal)
          this.#forget([report])
        }
      }
      this.#forget(batch)
    }
    if (this.#stored) {
      this.#options.store.clear()
      this.#stored = false
    }
  }

  /** Whether the service took the reports; false when it refused them for good. */
  async #accepted(reports: readonly PlaybackReport[], signal: AbortSignal): Promise<boolean> {
    try {
      await this.#options.api.report(reports, signal)
      return true
    } catch (error) {
      if (toAppError(error).kind !== 'rejected') throw error
      this.#options.log.error('The service refused event reports', {
        reports: reports.length,
        ...errorFields(error),
      })
      return false
    }
  }

  #forget(reports: readonly PlaybackReport[]): void {
    this.#waiting = this.#waiting.filter((report) => !reports.includes(report))
  }

  /** Puts what waits on the disk. */
  save(): void {
    if (this.#waiting.length === 0) return
    try {
      this.#options.store.save(this.#waiting)
      this.#stored = true
    } catch (error) {
      this.#options.log.error('Waiting event reports could not be saved', errorFields(error))
    }
  }
}
