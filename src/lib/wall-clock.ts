import { Condition } from './async/condition.ts'
import type { Clock } from './clock.ts'
import type { ErrorCode } from './error-codes.ts'
import type { Log } from './log.ts'

/** Minutes do no harm to certificates and tokens; more does. */
const mostWrongMs = 5 * 60_000
/** A wall clock that goes apart from the other by more was set. What slewing does to it is less. */
const jumpMs = 2_000
/** How often it is looked at: while it is believed, and while it is known to be wrong. */
const lookEveryMs = 30_000
const lookEveryMsWhileWrong = 1_000
/** What a peer has said of the time is good for this long: the two clocks of a device drift apart. */
const heardIsFreshMs = 3_600_000

/** What a certificate that was refused for its dates comes to. */
export interface DateVerdict {
  readonly code: Extract<ErrorCode, 'net/clock' | 'net/expired'>
  /** What speaks for it. */
  readonly words: string
}

/** What those need who meet certificates. */
export interface DateJudge {
  /** Whether a peer should be asked what the time is before {@link judge}. */
  readonly wantsDate: boolean
  /** What a peer said the time is: its `Date` header. Nothing is set by it; it only decides what is said. */
  heard(date: string | undefined): void
  /** @param nodeCode CERT_NOT_YET_VALID or CERT_HAS_EXPIRED */
  judge(nodeCode: string): DateVerdict
  /** How often the clock was set until now. What was refused before the last time speaks of a clock that is gone. */
  timesSet(): number
}

export interface WallClockOptions {
  readonly clock: Clock
  /** Milliseconds since 1970: no clock that is right is before this. */
  readonly notBeforeEpochMs: number
  readonly log: Log
  /** The wall clock was set by so many milliseconds; negative: back. What was derived from it moves by as many. */
  readonly onSet: (byMs: number) => void
}

/**
 * Whether the wall clock can be believed, and when it is set. A Pi has no clock of its own: it starts in 1970, or when
 * it was last switched off, and the right time comes late or never.
 */
export class WallClock implements DateJudge {
  /**
   * The clock for all that derives times from the wall clock: that moves only when {@link look} sees it, together with
   * what was derived. A time taken between the setting and the look would move twice otherwise.
   */
  readonly asSeen: Clock
  readonly #options: WallClockOptions
  readonly #doubted = new Condition()
  /** Wall clock minus monotonic clock, in milliseconds, as it was last seen. */
  #aheadMs: number
  /** The same, had the wall clock been right, by a peer's word. */
  #heard: { readonly aheadMs: number; readonly atMs: number } | undefined
  /** A certificate said that it is wrong, and it has not been set since. */
  #isSuspect = false
  #timesSet = 0

  constructor(options: WallClockOptions) {
    this.#options = options
    this.#aheadMs = this.#readAheadMs()
    const { clock } = options
    this.asSeen = {
      monotonicMs: () => clock.monotonicMs(),
      epochMs: () =>
        this.#isSetBy(this.#readAheadMs())
          ? Math.round(clock.monotonicMs() + this.#aheadMs)
          : clock.epochMs(),
      sleep: (ms, signal) => clock.sleep(ms, signal),
    }
  }

  get wantsDate(): boolean {
    return !this.#isTooEarly && this.#heardAheadMs === undefined
  }

  heard(date: string | undefined): void {
    const epochMs = Date.parse(date ?? '')
    if (Number.isNaN(epochMs)) return
    const nowMs = this.#options.clock.monotonicMs()
    this.#heard = { aheadMs: epochMs - nowMs, atMs: nowMs }
  }

  timesSet(): number {
    this.look()
    return this.#timesSet
  }

  judge(nodeCode: string): DateVerdict {
    const verdict = this.#judge(nodeCode)
    if (verdict.code === 'net/clock' && !this.#isSuspect) {
      this.#isSuspect = true
      this.#doubted.notifyAll()
    }
    return verdict
  }

  /**
   * Watches for the wall clock to be set until `signal` aborts. A timer is all that Node has for that; it is quick while
   * somebody waits for the time.
   *
   * @throws signal.reason
   */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options
    if (this.#isTooEarly) {
      const fields = { code: 'net/clock', time: inWords(clock.epochMs()) } as const
      log.warn('The clock of this device is wrong: waiting for the time', fields)
    }
    for (;;) {
      const everyMs = this.#isSuspect || this.#isTooEarly ? lookEveryMsWhileWrong : lookEveryMs
      await this.#doubted.waitFor(clock, everyMs, signal)
      this.look()
    }
  }

  /** Looks whether it was set; {@link run} does it now and then. */
  look(): void {
    const { clock, log, onSet } = this.#options
    const aheadMs = this.#readAheadMs()
    const byMs = aheadMs - this.#aheadMs
    const isSet = this.#isSetBy(aheadMs)
    this.#aheadMs = aheadMs
    if (!isSet) return
    this.#isSuspect = false
    this.#timesSet++
    const nowMs = clock.epochMs()
    log.info('The clock of this device was set', { from: inWords(nowMs - byMs), to: inWords(nowMs) })
    onSet(byMs)
  }

  /** In words that stay the same from try to try: what is said already is not said again. */
  #judge(nodeCode: string): DateVerdict {
    const now = `this device's clock says ${inWords(this.#options.clock.epochMs()).slice(0, 10)}`
    if (this.#isTooEarly) return { code: 'net/clock', words: `${now}, which cannot be` }
    const heardAheadMs = this.#heardAheadMs
    if (heardAheadMs !== undefined) {
      const wrongMs = this.#readAheadMs() - heardAheadMs
      return Math.abs(wrongMs) > mostWrongMs
        ? { code: 'net/clock', words: `${now} and is ${lengthInWords(wrongMs)} the server's` }
        : { code: 'net/expired', words: `${now}, and so does the server's` }
    }
    // Nobody installs a certificate of the future; one that has run out is forgotten every day.
    return { code: nodeCode === 'CERT_NOT_YET_VALID' ? 'net/clock' : 'net/expired', words: now }
  }

  get #isTooEarly(): boolean {
    return this.#options.clock.epochMs() < this.#options.notBeforeEpochMs
  }

  get #heardAheadMs(): number | undefined {
    if (this.#heard === undefined) return undefined
    const ageMs = this.#options.clock.monotonicMs() - this.#heard.atMs
    return ageMs < heardIsFreshMs ? this.#heard.aheadMs : undefined
  }

  #isSetBy(aheadMs: number): boolean {
    return Math.abs(aheadMs - this.#aheadMs) >= jumpMs
  }

  #readAheadMs(): number {
    const { clock } = this.#options
    return clock.epochMs() - clock.monotonicMs()
  }
}

/** Such as `2 days ahead of`: in the largest unit of which there are two. */
function lengthInWords(ms: number): string {
  const minutes = Math.round(Math.abs(ms) / 60_000)
  const side = ms > 0 ? 'ahead of' : 'behind'
  if (minutes >= 2_880) return `${Math.floor(minutes / 1_440)} days ${side}`
  return minutes >= 120 ? `${Math.floor(minutes / 60)} hours ${side}` : `${minutes} minutes ${side}`
}

/** Such as `2026-11-22 08:15 UTC`. */
function inWords(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
