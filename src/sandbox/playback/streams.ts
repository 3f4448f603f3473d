import type { Account } from '../account.ts'
import type { SandboxClock } from '../clock.ts'
import type { Conditions } from '../conditions.ts'
import { MusicError } from '../music/music-error.ts'

export interface Stream {
  readonly account: Account
  readonly deviceId: string
  /** When the stream counts as ended if no report arrives. */
  readonly untilMs: number
}

/** A device that took over a stream must start within this time; then the slot is free again. */
const RESERVED_MS = 60_000
/** A stream without a stop report counts as ended this long after the end of its entity. */
const GRACE_MS = 600_000

/**
 * The streams of each account and their limit (API playback). The pages do not say which calls fail with 422,
 * nor what the displaced device sees. Here 422 affects a device that starts to stream while the account is
 * full, and a displaced device, on its next call about its queue, while the account is full.
 */
export class Streams {
  #streams: Stream[] = []
  readonly #displaced = new Map<string, Account>()
  readonly #clock: SandboxClock
  readonly #conditions: Conditions

  constructor(clock: SandboxClock, conditions: Conditions) {
    this.#clock = clock
    this.#conditions = conditions
  }

  /**
   * @throws MusicError `MAX_CONCURRENCY_REACHED` when the account is full and the device does not take over
   */
  admit(account: Account, deviceId: string, takeOver: boolean): void {
    if (this.#hasRoom(account, deviceId)) return
    if (!takeOver) throw tooMany()
    this.takeOver(account, deviceId)
  }

  /** Displaces the oldest stream and reserves its slot for `deviceId`. */
  takeOver(account: Account, deviceId: string): void {
    const others = this.of(account).filter((stream) => stream.deviceId !== deviceId)
    for (const lost of others.slice(0, others.length - this.#conditions.maxStreams + 1)) {
      this.#displaced.set(lost.deviceId, account)
      this.end(account, lost.deviceId)
    }
    this.#hold(account, deviceId, RESERVED_MS)
  }

  begin(account: Account, deviceId: string, entitySeconds: number): void {
    this.#hold(account, deviceId, entitySeconds * 1000 + GRACE_MS)
  }

  end(account: Account, deviceId: string): void {
    this.#streams = this.#streams.filter(
      (stream) => stream.account !== account || stream.deviceId !== deviceId,
    )
  }

  /** @throws MusicError `MAX_CONCURRENCY_REACHED` for a displaced device while the account is full */
  checkNotDisplaced(account: Account, deviceId: string): void {
    if (this.#displaced.get(deviceId) !== account) return
    if (!this.#hasRoom(account, deviceId)) throw tooMany()
    this.#displaced.delete(deviceId)
  }

  of(account: Account): Stream[] {
    const nowMs = this.#clock.monotonicMs()
    return this.#streams.filter((stream) => stream.account === account && nowMs < stream.untilMs)
  }

  #hasRoom(account: Account, deviceId: string): boolean {
    const streams = this.of(account)
    return (
      streams.some((stream) => stream.deviceId === deviceId) || streams.length < this.#conditions.maxStreams
    )
  }

  #hold(account: Account, deviceId: string, forMs: number): void {
    this.end(account, deviceId)
    this.#displaced.delete(deviceId)
    this.#streams.push({ account, deviceId, untilMs: this.#clock.monotonicMs() + forMs })
  }
}

const tooMany = (): MusicError =>
  new MusicError('MAX_CONCURRENCY_REACHED', 'Amazon Music is streaming on another device of this account')
