import type { Account } from '../account.ts'
import type { SandboxClock } from '../clock.ts'
import type { Conditions } from '../conditions.ts'
import { MusicError } from '../music/music-error.ts'

export interface Stream {
  readonly account: Account
  readonly deviceId: string
  /** When it counts as dead if nothing is heard from it. */
  readonly untilMs: number
}

/** A device that took a stream over has this long to start, before the slot is free again. */
const RESERVED_MS = 60_000
/** A stream whose stop report never came is dead this long after the entity's end. */
const GRACE_MS = 600_000

/**
 * Who streams on which account, and the limit on how many at a time (API playback). Where the 422 arises and
 * what the losing device sees are not known: here it meets whoever begins to stream while the account is full, and a
 * device that was displaced, on its next call about its queue, for as long as the account is full.
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

  /** @throws MusicError `MAX_CONCURRENCY_REACHED` when the device may not stream and does not take over. */
  admit(account: Account, deviceId: string, takeOver: boolean): void {
    if (this.#hasRoom(account, deviceId)) return
    if (!takeOver) throw tooMany()
    this.takeOver(account, deviceId)
  }

  /** Displaces the stream that began first, and keeps its place for `deviceId`. */
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

  /** @throws MusicError `MAX_CONCURRENCY_REACHED` for a displaced device while the account is full. */
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
