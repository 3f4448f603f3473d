import type { Account } from '../account.ts'

/** What became of a code pair. `expired` is not kept: it follows from the clock. */
export type CodePairState = 'pending' | 'approved' | 'denied' | 'redeemed'

/** A user code and the device code it belongs to (LWA CODE page). Times are readings of the monotonic clock. */
export interface CodePair {
  readonly userCode: string
  readonly deviceCode: string
  readonly clientId: string
  readonly scopes: readonly string[]
  /** `Accept-Language` of the request as sent; null when there was none. Picks the language of the page. */
  readonly acceptLanguage: string | null
  /** Hidden in the page's form, so that no other page can say yes in the user's name. */
  readonly formToken: string
  readonly issuedAtMs: number
  expiresAtMs: number
  intervalSeconds: number
  /** The latest poll, or the issue of the pair: the interval counts from here. */
  lastAskedMs: number
  polls: number
  slowDowns: number
  state: CodePairState
  account: Account | null
}

export function isExpired(pair: CodePair, nowMs: number): boolean {
  return nowMs >= pair.expiresAtMs
}
