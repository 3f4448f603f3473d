import type { Secret } from '../lib/secret.ts'

/** What this room needs of whoever keeps the account signed in. */
export interface AccessTokens {
  /**
   * The access token in force; waits for a refresh under way.
   *
   * @throws AppError `account/*` when there is none to be had
   */
  get(signal: AbortSignal): Promise<Secret>
  /** The service refused `token`: renew it. Ignored unless it is still the one in force. */
  reject(token: Secret): void
  /** Aborts when the account that tokens are of now is signed out, or another one takes its place. */
  readonly accountEnds: AbortSignal
}
