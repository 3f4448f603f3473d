import { randomBytes } from 'node:crypto'

import type { AccountIdentity } from '../lib/account-identity.ts'
import type { Clock } from '../lib/clock.ts'
import { AppError } from '../lib/errors.ts'
import type { Log } from '../lib/log.ts'
import { CurrentAccessToken, type Lack } from './access-tokens.ts'
import {
  describeAccount,
  shownError,
  type AccountEvent,
  type AccountEventBody,
  type AccountState,
} from './account-state.ts'
import { Condition } from '../lib/async/condition.ts'
import { SignInState } from './sign-in-state.ts'
import type { FirstGrant } from './lwa.ts'
import type { TokenGrant } from './lwa-wire.ts'
import {
  askedFor,
  blockedBy,
  failedAgain,
  tryingNow,
  waitUntilMs,
  type RefreshProblem,
} from './refresh-problem.ts'
import { ServedAccount } from './served-account.ts'
import type { Link, TokenStore } from './token-store.ts'

export interface AccountStoreOptions {
  readonly store: TokenStore
  /** The scopes in the settings. */
  readonly scopes: readonly string[]
  readonly clock: Clock
  /** Returns [0, 1). */
  readonly random: () => number
  readonly log: Log
  readonly onChange: (state: AccountState) => void
  readonly onEvent: (event: AccountEvent) => void
}

/**
 * The mutable state of the account. The two loops (sign-in.ts, refresh-loop.ts) report what happened. Each
 * method makes one change and is synchronous.
 */
export class AccountStore {
  /** Notified when a loop may have work to do, or a token may be there for those who wait for one. */
  readonly changed = new Condition()
  readonly tokens: CurrentAccessToken
  /** The state of the sign-in under way, if any. */
  readonly login: SignInState
  /**
   * Increases with every sign-in and every end of one, so that the answer to a refresh of an earlier token is
   * ignored.
   */
  generation = 0
  /** Whether the current refresh token comes from a sign-in that no refresh has proven yet. */
  unproven = false

  readonly #options: AccountStoreOptions
  readonly #account: ServedAccount
  #problem: RefreshProblem | undefined
  #verified = false
  #refreshedAtEpochMs: number | undefined
  #formerUserId: string | undefined
  #state: AccountState

  constructor(options: AccountStoreOptions) {
    this.#options = options
    this.#account = new ServedAccount(identityOf(options.store.link))
    this.tokens = new CurrentAccessToken(options.clock, this.changed, this.#account, () => this.#lack())
    this.#formerUserId = options.store.link?.userId
    const { discarded } = options.store
    this.login = new SignInState(
      discarded === undefined ? undefined : new AppError('account/signed-out', discarded),
      (event) => this.#changed(event),
    )
    this.#state = this.#snapshot()
  }

  get state(): AccountState {
    return this.#state
  }

  get link(): Link | undefined {
    return this.#options.store.link
  }

  /**
   * Milliseconds until the next refresh; 0 or less: now; undefined: there is no token, or refreshing is
   * blocked.
   */
  get renewInMs(): number | undefined {
    if (this.link === undefined || this.#problem?.blocked === true) return undefined
    const pauseMs = (this.#problem?.notBeforeMs ?? -Infinity) - this.#options.clock.monotonicMs()
    // The access token may still be that of the previous sign-in.
    return Math.max(this.unproven ? 0 : this.tokens.renewInMs, pauseMs)
  }

  /**
   * The user allowed the sign-in. Saves the refresh token before any other use. The previous sign-in stays in
   * use until this one is proven and its account is known.
   */
  granted(grant: FirstGrant): void {
    const { store, scopes } = this.#options
    this.#formerUserId = store.link?.userId ?? this.#formerUserId
    store.save({
      refreshToken: grant.refreshToken,
      scopes: grant.scopes ?? scopes,
      userId: undefined,
      signInId: randomBytes(8).toString('hex'),
    })
    this.login.reset()
    this.#newLink()
    this.unproven = true
    this.#changed()
    this.changed.notifyAll()
  }

  /** Saves a rotated refresh token, before the access token that came with it is used. */
  rotated({ refreshToken }: TokenGrant): void {
    const { store } = this.#options
    const { link } = store
    if (link !== undefined && refreshToken !== undefined && !refreshToken.equals(link.refreshToken)) {
      store.save({ ...link, refreshToken })
    }
  }

  /** Whether the current sign-in belongs to another account than the access tokens still in use. */
  get isReplaced(): boolean {
    const identity = identityOf(this.link)
    return identity !== undefined && this.#account.isReplacedBy(identity)
  }

  /** A refresh succeeded: its access token is used from now on. */
  refreshed(grant: TokenGrant, askedAtMs: number): void {
    const { clock, random } = this.#options
    this.#account.become(identityOf(this.link))
    this.#problem = undefined
    this.#refreshedAtEpochMs = clock.epochMs()
    this.tokens.set(grant.accessToken, grant.lifetimeMs, askedAtMs, random)
    const tokenExpiresAtEpochMs = this.tokens.expiresAtEpochMs ?? 0
    this.#changed({ type: 'token_refreshed', tokenExpiresAtEpochMs })
  }

  /** Saves the account's user id. */
  userIdRead(userId: string): void {
    const { store, log } = this.#options
    if (store.link === undefined) return
    if (this.#formerUserId !== undefined && this.#formerUserId !== userId) {
      log.warn('A different Amazon account is signed in than before')
    }
    this.#formerUserId = userId
    store.save({ ...store.link, userId })
    if (!this.unproven) this.#account.become(identityOf(store.link))
    this.#changed()
    this.changed.notifyAll()
  }

  /** The refresh token was renewed, and all that goes with it is done. */
  verified(): void {
    if (this.#verified) return
    const isLogin = this.unproven
    this.unproven = false
    this.#verified = true
    this.#changed(isLogin ? { type: 'login_succeeded', userId: this.link?.userId } : undefined)
  }

  /**
   * A refresh failed for now. The refresh token is kept, and an access token that is still valid stays in
   * use.
   *
   * @param slow Login with Amazon refused it for an undocumented reason: retried slowly
   */
  refreshFailed(error: AppError, slow = false): void {
    const { clock, random } = this.#options
    this.#problem = failedAgain(this.#problem, error, slow, clock.monotonicMs(), random)
    this.#changed()
    this.changed.notifyAll()
  }

  /**
   * A refresh showed that a setting is wrong. The token is kept, and nothing is retried until the user asks.
   */
  refreshBlocked(error: AppError): void {
    this.#problem = blockedBy(error, this.#options.clock.monotonicMs())
    this.#changed()
    this.changed.notifyAll()
  }

  /** Amazon ended the refresh token for good. */
  revoked(error: AppError): void {
    this.#forget()
    this.login.neededBecause(error)
    this.#changed({ type: 'token_revoked', ...shownError(error) })
  }

  /** The user signed out: forgets tokens and profile (docs/sources.md, LWA log out). */
  signedOut(): void {
    this.#forget()
    this.#formerUserId = undefined
    this.#changed()
  }

  /** The user asks: retries what a wrong setting had stopped, and counts codes from 1 again. */
  retryAsked(): void {
    this.login.askedAfresh()
    this.#problem = askedFor(this.#problem, this.#options.clock.monotonicMs())
    this.#changed()
    this.changed.notifyAll()
  }

  /**
   * The wall clock was set: moves the displayed times by as much, and retries at once what failed on the
   * network.
   */
  clockSet(byMs: number): void {
    if (this.#refreshedAtEpochMs !== undefined) this.#refreshedAtEpochMs += byMs
    this.tokens.clockSet(byMs)
    this.login.clockSet(byMs)
    this.#problem = tryingNow(this.#problem, this.#options.clock.monotonicMs())
    this.#changed()
    this.changed.notifyAll()
  }

  /** Retries saving. */
  retrySaving(): void {
    this.#options.store.retry()
    this.#changed()
  }

  #forget(): void {
    this.#formerUserId = this.link?.userId ?? this.#formerUserId
    this.#options.store.clear()
    this.#newLink()
    this.#account.become(undefined)
    this.tokens.clear()
  }

  #newLink(): void {
    this.generation++
    this.unproven = false
    this.#verified = false
    this.#problem = undefined
    this.#refreshedAtEpochMs = undefined
  }

  #lack(): Lack | undefined {
    if (this.link === undefined) {
      const error = new AppError('account/signed-out', 'The device is not signed in')
      return { error, waitUntilMs: -Infinity }
    }
    if (this.#problem === undefined) return undefined
    return { error: this.#problem.error, waitUntilMs: waitUntilMs(this.#problem) }
  }

  #changed(event?: AccountEventBody): void {
    const state = this.#snapshot()
    // Plain values only, so the JSON text shows whether anything changed.
    if (JSON.stringify(state) !== JSON.stringify(this.#state)) {
      this.#state = state
      this.#options.onChange(state)
    }
    if (event !== undefined) {
      this.#options.onEvent({ atEpochMs: this.#options.clock.epochMs(), ...event })
    }
  }

  #snapshot(): AccountState {
    return describeAccount({
      link: this.link,
      identity: this.#account.identity,
      login: this.login.state,
      loginError: this.login.error,
      problem: this.#problem,
      saveError: this.#options.store.problem,
      verified: this.#verified,
      tokenExpiresAtEpochMs: this.unproven ? undefined : this.tokens.expiresAtEpochMs,
      refreshedAtEpochMs: this.#refreshedAtEpochMs,
    })
  }
}

function identityOf(link: Link | undefined): AccountIdentity | undefined {
  return link === undefined ? undefined : { signInId: link.signInId, userId: link.userId }
}
