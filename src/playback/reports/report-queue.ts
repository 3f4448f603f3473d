import type { Clock } from '../../lib/clock.ts'
import type { ErrorCode } from '../../lib/error-codes.ts'
import { AppError, toAppError } from '../../lib/errors.ts'
import { errorFields, type Log } from '../../lib/log.ts'
import { backOffMs } from '../../lib/retry.ts'
import { Heartbeat } from '../../lib/liveness.ts'
import type { StoredFile } from '../../lib/storage/stored-file.ts'
import { orAborted } from '../../lib/async/tasks.ts'
import { Condition } from '../../lib/async/condition.ts'
import { Wake } from '../../lib/async/wake.ts'
import type { MusicApi, PlaybackReport } from '../../amazon-music/api.ts'
import { ReportStore } from './report-store.ts'

/** The true limit of Report Multiple Events is not documented. */
const mostAtOnce = 20
/** A call to the service, with all its tries and waits (music/caller.ts), takes less than half of this. */
const longestCallMs = 600_000
const lingerMs = 1_000
/** What is wrong with the report itself, so that it would be refused for ever. All else may pass: it waits. */
const refusals: ReadonlySet<ErrorCode> = new Set([
  'music/bad-request',
  'music/not-found',
  'music/max-concurrency',
])

export interface ReportQueueOptions {
  readonly api: Pick<MusicApi, 'report'>
  readonly store: StoredFile<readonly PlaybackReport[]>
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
  /** Whether what is sent comes to an end, for the roll. */
  readonly heartbeat?: Heartbeat
}

/**
 * Event reports on their way to the service, in order. While it cannot be reached they wait, on disk too, and then
 * go as batches. The disk is not touched as long as reports go out at once.
 *
 * A report whose answer is lost is sent again: the service can tell a double by its metric id and time, but nothing
 * brings a lost one back.
 */
export class ReportQueue {
  readonly #options: ReportQueueOptions
  readonly #presence: Heartbeat
  readonly #store: ReportStore
  readonly #added = new Wake()
  readonly #asked = new Condition()
  #sending: Promise<void> | undefined
  /** All sending is this queue's own: one caller's abort does not break off what others wait for. */
  #life = new AbortController()
  #onStreamRefused: (error: AppError) => void = () => undefined
  #onDelivered: () => void = () => undefined
  #lastDelivered: PlaybackReport | undefined
  /** A start that needs a free stream and found none: it waits for its stop, and goes with it as history. */
  #held: PlaybackReport | undefined
  /** The batch route is a guess; where it is not, reports go one by one. */
  #hasBatches = true

  constructor(options: ReportQueueOptions) {
    this.#options = options
    this.#presence = options.heartbeat ?? new Heartbeat()
    this.#presence.idle()
    this.#store = new ReportStore(options.store, options.log)
  }

  get waiting(): number {
    return this.#store.reports.length
  }

  /** Told when the service refuses the start of what plays now: another device has the account's stream. */
  set onStreamRefused(listener: (error: AppError) => void) {
    this.#onStreamRefused = listener
  }

  /** Told when the service has taken reports. */
  set onDelivered(listener: () => void) {
    this.#onDelivered = listener
  }

  /** Whether the service knows that to be playing, as the last it was told. */
  isStarted(metricId: string): boolean {
    return this.#lastDelivered?.type === 'start' && this.#lastDelivered.metricId === metricId
  }

  /** The stop of what an earlier life had started at the service: before all else, and only once. */
  adopt(stop: PlaybackReport): void {
    this.#store.addFirst(stop)
    this.save()
    this.#added.wake()
  }

  /** What waits for the service does so no longer. */
  retryNow(): void {
    this.#asked.notifyAll()
  }

  /** Sends the start that the service refused once more. */
  retry(): void {
    this.#held = undefined
    this.#added.wake()
  }

  /** Gives up all reports, those under way too: the account they were made with is gone. */
  discard(): void {
    const life = this.#life
    this.#life = new AbortController()
    this.#sending = undefined
    this.#held = undefined
    this.#lastDelivered = undefined
    this.#store.clear()
    life.abort(new AppError('account/signed-out', 'The account was signed out meanwhile'))
    this.#asked.notifyAll()
  }

  add(report: PlaybackReport | undefined): void {
    if (report === undefined) return
    this.#store.add(report)
    this.#added.wake()
  }

  /** Sends what waits, now. Never throws: what cannot be sent goes on waiting. */
  async flush(signal: AbortSignal): Promise<void> {
    // run() tries again, and logs.
    await this.settle(signal).catch(() => undefined)
  }

  /** Sends what waits, now, so that the service knows what plays. @throws AppError why it could not be sent */
  settle(signal: AbortSignal): Promise<void> {
    return orAborted(this.#send(), signal)
  }

  /** Sends reports as they come until `signal` aborts, then saves what is left. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random, log } = this.#options
    const stopping = (): boolean => signal.aborted
    let failures = 0
    while (!stopping()) {
      try {
        await this.settle(signal)
        failures = 0
        await this.#added.wait(signal)
      } catch (error) {
        if (stopping()) break
        if (this.waiting === 0) continue
        if (failures === 0) log.warn('Event reports wait for the service', errorFields(error))
        this.save()
        const waitMs = Math.max(backOffMs(failures++, random), toAppError(error).retryAfterMs ?? 0)
        await this.#asked.waitFor(clock, waitMs, signal).catch(() => undefined)
      }
    }
    await this.#breakOff()
    this.save()
  }

  /** A request under way gets a moment for its answer: broken off, it would be sent again in the next life. */
  async #breakOff(): Promise<void> {
    const { clock } = this.#options
    const sent = new AbortController()
    const sending = this.#sending?.catch(() => undefined).finally(() => sent.abort())
    if (sending !== undefined) await clock.sleep(lingerMs, sent.signal).catch(() => undefined)
    this.#life.abort()
    await sending
  }

  /** Puts what waits on the disk. */
  save(): void {
    this.#store.save()
  }

  #send(): Promise<void> {
    if (this.#sending !== undefined) return this.#sending
    const sending = this.#sendAll(this.#life.signal).finally(() => {
      if (this.#sending === sending) this.#sending = undefined
    })
    this.#sending = sending
    return sending
  }

  async #sendAll(signal: AbortSignal): Promise<void> {
    const { reports } = this.#store
    while (reports.length > 0 && !(reports.length === 1 && reports[0] === this.#held)) {
      await this.#deliver(reports.slice(0, this.#hasBatches ? mostAtOnce : 1), signal)
    }
  }

  /** @throws AppError the service could not be asked; what it took until then is gone from the shelf */
  async #deliver(reports: readonly PlaybackReport[], signal: AbortSignal): Promise<void> {
    try {
      await this.#presence.busy(longestCallMs, () => this.#options.api.report(reports, signal))
      if (signal !== this.#life.signal) return
      this.#lastDelivered = reports.at(-1)
      this.#store.remove(reports)
      this.#onDelivered()
    } catch (error) {
      const [first, ...others] = reports
      if (others.length > 0 && toAppError(error).code === 'music/route') {
        this.#hasBatches = false
      } else if (!isRefusal(error) || first === undefined) {
        throw error
      } else if (others.length > 0) {
        // One bad report must not hold up the others.
        for (const report of reports) {
          if (this.#store.reports.includes(report)) await this.#deliver([report], signal)
        }
      } else {
        this.#refused(first, toAppError(error))
      }
    }
  }

  #refused(report: PlaybackReport, error: AppError): void {
    const isLatest = report === this.#store.reports.at(-1)
    if (error.code === 'music/max-concurrency' && report.type === 'start' && isLatest) {
      this.#held = report
      this.#onStreamRefused(error)
      return
    }
    this.#options.log.error('The service refused an event report', {
      type: report.type,
      ...errorFields(error),
    })
    this.#store.giveUp(report)
  }
}

/** Whether `error` is the service's no to what was sent, and not its or the network's trouble. */
function isRefusal(error: unknown): boolean {
  return refusals.has(toAppError(error).code)
}
