import type { Account } from '../account.ts'
import type { Conditions } from '../conditions.ts'
import type { Fault, Faults } from '../http/faults.ts'
import type { RecordedRequest, RecordedRequests } from '../http/recorded-requests.ts'
import { isExpired, type CodePair } from '../lwa/code-pairs.ts'
import type { MusicWorld } from '../music/music-world.ts'
import type { Report, Violation } from '../playback/reports/reports.ts'
import type { IssuedSecrets } from '../secrets.ts'
import { catalogItems, type CatalogItem } from './catalog-view.ts'
import { ControlError } from './input.ts'
import {
  accountViews,
  codeViews,
  sessionViews,
  type CodeView,
  type SandboxState,
  type SessionView,
} from './state.ts'

const OTHER_DEVICE = 'another-device'

/**
 * The control API: everything a test, or a person with curl, can see and change without the client's
 * knowledge.
 */
export class SandboxControl {
  readonly #music: MusicWorld
  readonly #faults: Faults
  readonly #recorded: RecordedRequests

  constructor(music: MusicWorld, faults: Faults, recorded: RecordedRequests) {
    this.#music = music
    this.#faults = faults
    this.#recorded = recorded
  }

  /** An overview of the whole state. */
  state(): SandboxState {
    const { clock, conditions, tokens, throttle, reports } = this.#music
    const { access, refresh } = tokens.live()
    return {
      url: this.#music.publicUrl(),
      clock: { monotonicMs: clock.monotonicMs(), epochMs: clock.epochMs(), aheadMs: clock.aheadMs },
      conditions,
      accounts: accountViews(this.#music),
      codes: this.codes(),
      liveAccessTokens: access.length,
      liveRefreshTokens: refresh.length,
      sessions: this.sessions(),
      faults: this.#faults.list(),
      requests: this.#recorded.count,
      throttled: throttle.refused,
      reports: reports.accepted.added,
      violations: reports.violations.added,
    }
  }

  codes(): CodeView[] {
    return codeViews(this.#music)
  }

  /**
   * The user allows, at once, as `account` (default `ada`). Null selects the newest pending code. Returns the
   * code.
   */
  approve(userCode: string | null = null, account = 'ada'): string {
    const pair = this.#pending(userCode)
    pair.account = this.#account(account)
    pair.state = 'approved'
    return pair.userCode
  }

  /** The user denies. */
  deny(userCode: string | null = null): string {
    const pair = this.#pending(userCode)
    pair.state = 'denied'
    return pair.userCode
  }

  /** Expires all codes; returns how many were valid. The next method does the same for access tokens. */
  expireCodes(): number {
    return this.#music.codePairs.expireAll()
  }

  expireAccessTokens(): number {
    return this.#music.tokens.expireAccess()
  }

  /**
   * As if the user removed the app: refreshing fails from now on. Access tokens stay valid until they expire.
   */
  revokeRefreshTokens(): number {
    return this.#music.tokens.revokeRefresh()
  }

  /** Moves the sandbox's clock forward. */
  advance(seconds: number): void {
    if (!(seconds >= 0)) throw new ControlError(400, 'the clock only moves forward')
    this.#music.clock.advance(seconds * 1000)
  }

  /** Changes conditions from now on. */
  change(conditions: Partial<Conditions>): Conditions {
    return Object.assign(this.#music.conditions, conditions)
  }

  changeAccount(change: Partial<Pick<Account, 'tier' | 'hasMusicAccount'>>, account = 'ada'): void {
    Object.assign(this.#account(account), change)
  }

  /** Makes the next matching requests fail. */
  fault(fault: Fault): void {
    this.#faults.script(fault)
  }

  clearFaults(): void {
    this.#faults.clear()
  }

  /** Protects the stream of this id, whatever the condition `streams` says. */
  protect(entityId: string, isProtected = true): void {
    const { catalog, protectedIds } = this.#music
    if (catalog.sounding(entityId) === null) throw new ControlError(404, `nothing sounds under: ${entityId}`)
    if (isProtected) protectedIds.add(entityId)
    else protectedIds.delete(entityId)
  }

  sessions(): SessionView[] {
    return sessionViews(this.#music)
  }

  /** Lapsed sessions are not found until restored. `sessionId` null selects all. Returns how many. */
  lapseSessions(sessionId: string | null = null): number {
    return this.#music.sessions.end('lapsed', sessionId)
  }

  /** Forgotten sessions are not found, even after Restore. */
  forgetSessions(sessionId: string | null = null): number {
    return this.#music.sessions.end('forgotten', sessionId)
  }

  /** Another device of the account starts to stream for `seconds` and displaces the one that streams now. */
  takeOver(seconds = 3600, account = 'ada', deviceId = OTHER_DEVICE): void {
    this.#music.streams.takeOver(this.#account(account), deviceId)
    this.#music.streams.begin(this.#account(account), deviceId, seconds)
  }

  /** The other device stops. */
  releaseStream(account = 'ada', deviceId = OTHER_DEVICE): void {
    this.#music.streams.end(this.#account(account), deviceId)
  }

  /** The last 10,000 requests, without those to the control API. `path` is a prefix. */
  requests(method?: string, path?: string): RecordedRequest[] {
    return this.#recorded.list(method, path)
  }

  clearRequests(): void {
    this.#recorded.clear()
  }

  reports(sessionId: string | null = null): Report[] {
    return this.#music.reports.accepted
      .list()
      .filter((one) => sessionId === null || one.sessionId === sessionId)
  }

  violations(sessionId: string | null = null): Violation[] {
    return this.#music.reports.violations
      .list()
      .filter((one) => sessionId === null || one.sessionId === sessionId)
  }

  /** Start reports without a stop report, oldest first: of what plays now, and of what the client forgot. */
  unfinished(sessionId: string | null = null): Report[] {
    return [...this.#music.reports.unfinished.values()].filter(
      (one) => sessionId === null || one.sessionId === sessionId,
    )
  }

  secrets(): IssuedSecrets {
    return this.#music.secrets.list()
  }

  catalog(): CatalogItem[] {
    return catalogItems(this.#music.catalog)
  }

  #pending(userCode: string | null): CodePair {
    const { codePairs, clock } = this.#music
    const pair =
      userCode === null ? codePairs.newestPending() : codePairs.withUserCode(userCode.toUpperCase())
    if (pair === null) throw new ControlError(404, 'no such code waits for an answer')
    if (pair.state !== 'pending') throw new ControlError(409, `the code was already ${pair.state}`)
    if (isExpired(pair, clock.monotonicMs())) throw new ControlError(409, 'the code has expired')
    return pair
  }

  #account(key: string): Account {
    const account = this.#music.accounts.find((one) => one.key === key)
    if (!account) throw new ControlError(404, `no such account: ${key}`)
    return account
  }
}
