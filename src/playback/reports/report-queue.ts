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

/** The actual limit of Report Multiple Events is not documented. */
const mostAtOnce = 20
/**
 * A call to the service, with all its retries and waits (amazon-music/caller.ts), takes less than half of
 * this.
 */
const longestCallMs = 600_000
const lingerMs = 1_000
/** Errors of the report itself: it would be refused for ever. After all other errors it waits. */
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
  /** Checks that sending does not hang. */
  readonly heartbeat?: Heartbeat
}

/**
 * The event reports to send to the service, in order. While the service cannot be reached they wait, on disk
 * too, and are then sent in batches. The disk is not used as long as reports are sent at once.
 *
 * A report whose answer is lost is sent again: the service can recognize a duplicate by metric id and time,
 * but a lost report cannot be recovered.
 */
export class ReportQueue {
  readonly #options: ReportQueueOptions
  readonly #presence: Heartbeat
  readonly #store: ReportStore
  readonly #added = new Wake()
  readonly #asked = new Condition()
  #sending: Promise<void> | undefined
  /** Aborts the sending, which all callers share: one caller's abort does not end what others wait for. */
  #life = new AbortController()
  #onStreamRefused: (error: AppError) => void = () => undefined
  #onDelivered: () => void = () => undefined
  #lastDelivered: PlaybackReport | undefined
  /**
   * A start that the service refused because the stream is busy: it waits for its stop, and is sent with it
   * as history.
   */
  #held: PlaybackReport | undefined
  /** The batch route is a guess; if it does not exist, reports are sent one by one. */
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

  /**
   * Called when the service refuses the start of the current entity: another device has the account's stream.
   */
  set onStreamRefused(listener: (error: AppError) => void) {
    this.#onStreamRefused = listener
  }

  /** Called when the service has accepted reports. */
  set onDelivered(listener: () => void) {
    this.#onDelivered = listener
  }

  /** Whether the last delivered report is the start of `metricId`. */
  isStarted(metricId: string): boolean {
    return this.#lastDelivered?.type === 'start' && this.#lastDelivered.metricId === metricId
  }

  /**
   * Queues the stop of an entity that was started before the agent restarted: before all others, and only
   * once.
   */
  adopt(stop: PlaybackReport): void {
    this.#store.addFirst(stop)
    this.save()
    this.#added.wake()
  }

  /** Ends the wait for the next attempt. */
  retryNow(): void {
    this.#asked.notifyAll()
  }

  /** Sends the refused start again. */
  retry(): void {
    this.#held = undefined
    this.#added.wake()
  }

  /** Drops all reports, even those being sent: their account is gone. */
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

  /** Sends waiting reports now. Never throws: reports that cannot be sent keep waiting. */
  async flush(signal: AbortSignal): Promise<void> {
    // run() tries again, and logs.
    await this.settle(signal).catch(() => undefined)
  }

  /**
   * Sends waiting reports now, so that the service knows what plays. @throws AppError why they could not be
   * sent
   */
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

  /**
   * Gives a request under way a moment for its answer: if aborted, it would be sent again after the next
   * start.
   */
  async #breakOff(): Promise<void> {
    const { clock } = this.#options
    const sent = new AbortController()
    const sending = this.#sending?.catch(() => undefined).finally(() => sent.abort())
    if (sending !== undefined) await clock.sleep(lingerMs, sent.signal).catch(() => undefined)
    this.#life.abort()
    await sending
  }

  /** Saves waiting reports. */
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

  /**
   * @throws AppError the service could not be reached; reports accepted until then are removed from the store
   */
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
        // One bad report must not block the others.
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

/** Whether the service refused the reports themselves, not because of a problem of its own or the network. */
function isRefusal(error: unknown): boolean {
  return refusals.has(toAppError(error).code)
}
