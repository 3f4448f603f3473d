import type { Clock } from '../lib/clock.ts'
import type { AppError } from '../lib/errors.ts'
import type { Secret } from '../lib/secret.ts'
import type { Condition } from '../lib/async/condition.ts'
import { renewAfterMs, usableForMs } from './refresh-schedule.ts'
import type { ServedAccount } from './served-account.ts'

/** Access tokens for all calls to the service. Only the refresh loop renews them. */
export interface AccessTokens {
  /**
   * The current access token. Waits while a refresh is under way, and briefly while refreshes fail.
   *
   * @throws AppError `account/*` signed out, or a setting is wrong; `net/*`, `account/unavailable` no token
   * for now
   * @throws signal.reason
   */
  get(signal: AbortSignal): Promise<Secret>
  /** Reports that the service refused `token`. Ignored unless it is still the current one. */
  reject(token: Secret): void
  /**
   * Aborts with AppError `account/signed-out` when the account of the current tokens is signed out or
   * replaced.
   */
  readonly accountEnds: AbortSignal
}

/** Why there is no token. */
export interface Lack {
  readonly error: AppError
  /** Monotonic time until which waiting may still help. */
  readonly waitUntilMs: number
}

interface Current {
  readonly token: Secret
  readonly usableUntilMs: number
  readonly renewAtMs: number
  /** Wall clock, for display only. */
  readonly expiresAtEpochMs: number
  readonly afterRejection: boolean
  readonly grantedAtMs: number
}

/**
 * A refused token that replaced a refused one less than this ago is kept: the service is at fault, not the
 * token.
 */
const rejectionPauseMs = 30_000

/** The current access token, in memory only. Every time that decides something is monotonic. */
export class CurrentAccessToken implements AccessTokens {
  readonly #clock: Clock
  readonly #changed: Condition
  readonly #lack: () => Lack | undefined
  readonly #account: ServedAccount
  #current: Current | undefined
  #rejected = false

  /** @param lack why there will be no token unless waiting helps; undefined while a refresh is under way */
  constructor(clock: Clock, changed: Condition, account: ServedAccount, lack: () => Lack | undefined) {
    this.#clock = clock
    this.#changed = changed
    this.#lack = lack
    this.#account = account
  }

  get accountEnds(): AbortSignal {
    return this.#account.ends
  }

  async get(signal: AbortSignal): Promise<Secret> {
    signal.throwIfAborted()
    for (let first = true; ; first = false) {
      const nowMs = this.#clock.monotonicMs()
      if (this.#current !== undefined && nowMs < this.#current.usableUntilMs) return this.#current.token
      // After a suspend the refresh loop may still be asleep.
      if (first) this.#changed.notifyAll()
      const lack = this.#lack()
      if (lack === undefined) {
        await this.#changed.wait(signal)
        continue
      }
      const leftMs = lack.waitUntilMs - nowMs
      if (leftMs <= 0) throw lack.error
      await this.#changed.waitFor(this.#clock, leftMs, signal)
    }
  }

  reject(token: Secret): void {
    const current = this.#current
    if (current === undefined || !current.token.equals(token)) return
    const ageMs = this.#clock.monotonicMs() - current.grantedAtMs
    if (current.afterRejection && ageMs < rejectionPauseMs) return
    this.#current = undefined
    this.#rejected = true
    this.#changed.notifyAll()
  }

  /**
   * Stores a new token. Its lifetime counts from `askedAtMs` (monotonic), when it was requested: it may be
   * older than it looks.
   */
  set(token: Secret, lifetimeMs: number, askedAtMs: number, random: () => number): void {
    this.#current = {
      token,
      usableUntilMs: askedAtMs + usableForMs(lifetimeMs),
      renewAtMs: askedAtMs + renewAfterMs(lifetimeMs, random),
      expiresAtEpochMs: Math.round(
        this.#clock.epochMs() - this.#clock.monotonicMs() + askedAtMs + lifetimeMs,
      ),
      afterRejection: this.#rejected,
      grantedAtMs: this.#clock.monotonicMs(),
    }
    this.#rejected = false
    this.#changed.notifyAll()
  }

  clear(): void {
    this.#current = undefined
    this.#rejected = false
    this.#changed.notifyAll()
  }

  /** The wall clock was set. Part of a larger change: does not notify. */
  clockSet(byMs: number): void {
    const current = this.#current
    if (current !== undefined) {
      this.#current = { ...current, expiresAtEpochMs: current.expiresAtEpochMs + byMs }
    }
  }

  /** Milliseconds until a refresh is due; 0 or less: now. */
  get renewInMs(): number {
    return this.#current === undefined ? 0 : this.#current.renewAtMs - this.#clock.monotonicMs()
  }

  /** Wall clock, for display only. */
  get expiresAtEpochMs(): number | undefined {
    return this.#current?.expiresAtEpochMs
  }
}
