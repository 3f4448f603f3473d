import type { Account } from '../account.ts'
import type { SandboxClock } from '../clock.ts'
import type { Conditions } from '../conditions.ts'
import { notFound } from '../music/music-error.ts'
import type { Entry, Queue } from './queue.ts'

/** A playback session: one queue and the reports of the client. Times are on the monotonic clock. */
export interface Session {
  id: string
  readonly account: Account
  readonly clientId: string
  /** `X-Amzn-Device-Id` of the device that created it. */
  readonly deviceId: string
  readonly createdAtMs: number
  touchedAtMs: number
  /** `lapsed`: not found until restored. `forgotten`: not found and cannot be restored. */
  state: 'live' | 'lapsed' | 'forgotten'
  readonly isStation: boolean
  readonly queue: Queue
  /** Every entry sent to a client, by `metricId`: only these can be reported. */
  readonly handedOut: Map<string, Entry>
  /** Set between a start report and its stop report; null when nothing plays. */
  playing: { readonly entry: Entry; readonly deviceId: string } | null
  /** The entries that have been reported, by their `metricId` at that time. */
  readonly reported: Set<string>
  lastReportEpochMs: number
  /** The client skipped with no skips left. Get Next is refused until the client starts an entry. */
  overskipped: boolean
}

/** The most live sessions per account; the oldest is dropped. No page names the number. */
const LIVE_PER_ACCOUNT = 20
const KEPT = 500

/** All playback sessions by id, oldest first. */
export class Sessions {
  readonly #byId = new Map<string, Session>()
  readonly #clock: SandboxClock
  readonly #conditions: Conditions

  constructor(clock: SandboxClock, conditions: Conditions) {
    this.#clock = clock
    this.#conditions = conditions
  }

  add(session: Session): void {
    this.#byId.set(session.id, session)
    for (const surplus of this.liveOf(session.account).slice(LIVE_PER_ACCOUNT)) surplus.state = 'forgotten'
    for (const id of this.#byId.keys()) {
      if (this.#byId.size <= KEPT) break
      this.#byId.delete(id)
    }
  }

  /**
   * Finds a live session of this account and resets its idle time. @throws MusicError `RESOURCE_NOT_FOUND`
   */
  find(id: string, account: Account): Session {
    const session = this.#byId.get(id)
    if (session?.account !== account || !this.#isLive(session)) throw notFound(`The session ${id}`)
    session.touchedAtMs = this.#clock.monotonicMs()
    return session
  }

  /**
   * Like {@link find}. If the condition `lapsedRead` is `restored`, also finds a lapsed session, which stays
   * lapsed.
   */
  findToRead(id: string, account: Account): Session {
    const session = this.#byId.get(id)
    const isLapsed = session?.account === account && !this.#isLive(session) && session.state === 'lapsed'
    return isLapsed && this.#conditions.lapsedRead === 'restored' ? session : this.find(id, account)
  }

  /** Restores a lapsed session, under `newId` if given. @throws MusicError `RESOURCE_NOT_FOUND` */
  restore(id: string, account: Account, newId: string | null): Session {
    const session = this.#byId.get(id)
    if (session?.account !== account || session.state === 'forgotten') throw notFound(`The session ${id}`)
    session.state = 'live'
    session.touchedAtMs = this.#clock.monotonicMs()
    if (newId !== null) {
      this.#byId.delete(id)
      session.id = newId
      this.#byId.set(newId, session)
    }
    return session
  }

  /** The session and entry of a `metricId`; null when it was not issued to this account. */
  handedOut(metricId: string, account: Account): { session: Session; entry: Entry } | null {
    for (const session of [...this.#byId.values()].reverse()) {
      const entry = session.account === account ? session.handedOut.get(metricId) : undefined
      if (entry) return { session, entry }
    }
    return null
  }

  /** The live sessions, newest first. */
  liveOf(account: Account): Session[] {
    const live: Session[] = []
    for (const session of this.#byId.values()) {
      if (session.account === account && this.#isLive(session)) live.unshift(session)
    }
    return live
  }

  list(): Session[] {
    return [...this.#byId.values()]
  }

  /** Lapses or forgets the session `id`, or all for null; returns how many. */
  end(state: 'lapsed' | 'forgotten', id: string | null): number {
    const ended = this.list().filter(
      (session) => (id === null || session.id === id) && session.state !== 'forgotten',
    )
    for (const session of ended) session.state = state
    return ended.length
  }

  #isLive(session: Session): boolean {
    if (session.state !== 'live') return false
    const idleMs = this.#clock.monotonicMs() - session.touchedAtMs
    if (idleMs < this.#conditions.sessionLifetime * 1000) return true
    session.state = 'lapsed'
    return false
  }
}
