import type { AccountEvent, AccountState } from '../../account/account-state.ts'
import type { JsonObject } from '../../lib/decode.ts'
import { time } from './state-codec.ts'

/** Topic `account` (docs/mqtt.md#account-and-login). Six characters of the user id distinguish accounts. */
export function encodeAccount(account: AccountState): Readonly<Record<string, unknown>> {
  return {
    state: account.state,
    linked: account.linked,
    scopes: account.scopes,
    user_id: account.userId?.slice(-6) ?? null,
    token_expires_at: time(account.tokenExpiresAtEpochMs),
    refreshed_at: time(account.refreshedAtEpochMs),
    error: account.error ?? null,
  }
}

/** The account's part of an `event` payload (docs/mqtt.md#events). */
export function encodeAccountEvent(
  event: AccountEvent,
): JsonObject & { readonly type: AccountEvent['type']; readonly atEpochMs: number } {
  const { type, atEpochMs } = event
  switch (event.type) {
    case 'login_required':
      return {
        type,
        atEpochMs,
        user_code: event.userCode,
        verification_uri: event.verificationUri,
        verification_uri_complete: event.verificationUriComplete,
        expires_at: time(event.expiresAtEpochMs),
        attempt: event.attempt,
      }
    case 'login_succeeded':
      return { type, atEpochMs, user_id: event.userId?.slice(-6) ?? null }
    case 'login_expired':
      return { type, atEpochMs, attempt: event.attempt }
    case 'login_denied':
      return { type, atEpochMs }
    case 'token_refreshed':
      return { type, atEpochMs, token_expires_at: time(event.tokenExpiresAtEpochMs) }
    case 'token_revoked':
      return { type, atEpochMs, code: event.code, message: event.message }
  }
}
