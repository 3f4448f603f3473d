import type { Secret } from '../lib/secret.ts'

/** What this folder needs of the account: access tokens. */
export interface AccessTokens {
  /**
   * The current access token. Waits for a refresh under way.
   *
   * @throws AppError `account/*` when there is none
   */
  get(signal: AbortSignal): Promise<Secret>
  /** Reports that the service refused `token`. Ignored unless it is still the current one. */
  reject(token: Secret): void
  /** Aborts when the account of the current tokens is signed out or replaced by another. */
  readonly accountEnds: AbortSignal
}
