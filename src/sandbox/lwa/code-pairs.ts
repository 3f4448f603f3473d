import type { Account } from '../account.ts'
import type { SandboxClock } from '../clock.ts'
import type { Conditions } from '../conditions.ts'
import type { Draw } from '../draw.ts'
import type { Secrets } from '../secrets.ts'

/** The state of a code pair. `expired` is not stored: it follows from the clock. */
export type CodePairState = 'pending' | 'approved' | 'denied' | 'redeemed'

/** A user code and its device code (LWA code pair). Times are on the monotonic clock. */
export interface CodePair {
  readonly userCode: string
  readonly deviceCode: string
  readonly clientId: string
  readonly scopes: readonly string[]
  /** `Accept-Language` of the request; null when absent. Selects the language of the page. */
  readonly acceptLanguage: string | null
  /** A hidden field of the page's form, so that no other page can consent for the user. */
  readonly formToken: string
  readonly issuedAtMs: number
  expiresAtMs: number
  intervalSeconds: number
  /** Time of the last poll, at first of the issue. The polling interval counts from here. */
  lastAskedMs: number
  polls: number
  slowDowns: number
  state: CodePairState
  account: Account | null
}

export function isExpired(pair: CodePair, nowMs: number): boolean {
  return nowMs >= pair.expiresAtMs
}

/**
 * Six upper-case letters and digits, as in every captured response. Characters that look alike are left out.
 */
const USER_CODE_ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const USER_CODE_LENGTH = 6
const KEPT = 1000

/** All issued code pairs, newest last. */
export class CodePairs {
  readonly #byDeviceCode = new Map<string, CodePair>()
  readonly #byUserCode = new Map<string, CodePair>()
  readonly #clock: SandboxClock
  readonly #draw: Draw
  readonly #secrets: Secrets

  constructor(clock: SandboxClock, draw: Draw, secrets: Secrets) {
    this.#clock = clock
    this.#draw = draw
    this.#secrets = secrets
  }

  issue(
    asked: Pick<CodePair, 'clientId' | 'scopes' | 'acceptLanguage'>,
    { interval, expiresIn }: Conditions,
  ): CodePair {
    const nowMs = this.#clock.monotonicMs()
    const pair: CodePair = {
      ...asked,
      userCode: this.#freshUserCode(),
      deviceCode: this.#draw.uuid(),
      formToken: this.#draw.hex(32),
      issuedAtMs: nowMs,
      expiresAtMs: nowMs + expiresIn * 1000,
      intervalSeconds: interval,
      lastAskedMs: nowMs,
      polls: 0,
      slowDowns: 0,
      state: 'pending',
      account: null,
    }
    this.#byDeviceCode.set(pair.deviceCode, pair)
    this.#byUserCode.set(pair.userCode, pair)
    this.#secrets.deviceCodes.add(pair.deviceCode)
    this.#dropOldest()
    return pair
  }

  withDeviceCode(deviceCode: string): CodePair | null {
    return this.#byDeviceCode.get(deviceCode) ?? null
  }

  withUserCode(userCode: string): CodePair | null {
    return this.#byUserCode.get(userCode) ?? null
  }

  list(): CodePair[] {
    return [...this.#byDeviceCode.values()]
  }

  /** The newest code pair the user can still answer; null for none. */
  newestPending(): CodePair | null {
    const nowMs = this.#clock.monotonicMs()
    return this.list().findLast((pair) => pair.state === 'pending' && !isExpired(pair, nowMs)) ?? null
  }

  /** Expires every code pair; returns how many were valid. */
  expireAll(): number {
    const nowMs = this.#clock.monotonicMs()
    const alive = this.list().filter((pair) => !isExpired(pair, nowMs))
    for (const pair of alive) pair.expiresAtMs = nowMs
    return alive.length
  }

  #freshUserCode(): string {
    for (;;) {
      const code = this.#draw.text(USER_CODE_ALPHABET, USER_CODE_LENGTH)
      if (!this.#byUserCode.has(code)) return code
    }
  }

  #dropOldest(): void {
    for (const pair of this.#byDeviceCode.values()) {
      if (this.#byDeviceCode.size <= KEPT) return
      this.#byDeviceCode.delete(pair.deviceCode)
      this.#byUserCode.delete(pair.userCode)
    }
  }
}
