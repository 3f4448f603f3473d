import { Condition } from './async/condition.ts'
import type { Clock } from './clock.ts'
import type { ErrorCode } from './error-codes.ts'
import type { Log } from './log.ts'

/** A difference of minutes does no harm to certificates and tokens; a larger one does. */
const mostWrongMs = 5 * 60_000
/**
 * When wall clock and monotonic clock move apart by more, the wall clock was set. Slewing moves it by less.
 */
const jumpMs = 2_000
/** How often the clock is checked: normally, and while it is known to be wrong. */
const lookEveryMs = 30_000
const lookEveryMsWhileWrong = 1_000
/** How long the date a peer sent is used: the two clocks of a device drift apart. */
const heardIsFreshMs = 3_600_000

/** Why a certificate was refused for its dates. */
export interface DateVerdict {
  readonly code: Extract<ErrorCode, 'net/clock' | 'net/expired'>
  /** The evidence, for the message. */
  readonly words: string
}

/** For code that connects to peers with certificates. */
export interface DateJudge {
  /** Whether to ask a peer for the time before {@link judge}. */
  readonly wantsDate: boolean
  /** Notes a peer's time, its `Date` header. It sets no clock; it only decides the verdict. */
  heard(date: string | undefined): void
  /** @param nodeCode CERT_NOT_YET_VALID or CERT_HAS_EXPIRED */
  judge(nodeCode: string): DateVerdict
  /** How often the clock was set until now. Refusals from before the last time no longer count. */
  timesSet(): number
}

export interface WallClockOptions {
  readonly clock: Clock
  /** Milliseconds since 1970. A wall clock before this time is wrong. */
  readonly notBeforeEpochMs: number
  readonly log: Log
  /**
   * Called when the wall clock was set, with the change in milliseconds; negative: back. Times derived from
   * it move by the same amount.
   */
  readonly onSet: (byMs: number) => void
}

/**
 * Judges whether the wall clock can be right, and notices when it is set. A Raspberry Pi has no clock of its
 * own: it starts in 1970, or when it was last switched off, and the right time comes late or never.
 */
export class WallClock implements DateJudge {
  /**
   * The clock for code that derives times from the wall clock. It follows a change only when {@link look}
   * notices it and moves the derived times too: a time taken between the change and the look would otherwise
   * move twice.
   */
  readonly asSeen: Clock
  readonly #options: WallClockOptions
  readonly #doubted = new Condition()
  /** Wall clock minus monotonic clock at the last look, in milliseconds. */
  #aheadMs: number
  /** The same difference for a correct wall clock, from a peer's date. */
  #heard: { readonly aheadMs: number; readonly atMs: number } | undefined
  /** A certificate error blamed the clock, and it has not been set since. */
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
   * Watches until `signal` aborts whether the wall clock is set. Node has only a timer for that; it is fast
   * while the clock is known to be wrong.
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

  /** Checks whether the clock was set. {@link run} calls it regularly. */
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

  /** The text stays the same from try to try, so that a repeated problem is not logged again. */
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
    // Nobody installs a certificate of the future, but an expired one is easily forgotten.
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

/** Such as `2 days ahead of`: in the largest unit of which there are at least two, or in minutes. */
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
