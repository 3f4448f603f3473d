import type { AccountIdentity } from '../lib/account-identity.ts'
import type { ErrorCode } from '../lib/error-codes.ts'
import type { AppError } from '../lib/errors.ts'
import type { RefreshProblem } from './refresh-problem.ts'
import type { Link } from './token-store.ts'

/**
 * `signed_out` no token; `awaiting_user` no token, and a code is shown; `verifying` a token that has not been
 * renewed yet; `signed_in`; `refresh_failing` the token is kept and the refresh is retried;
 * `needs_configuration` a setting is wrong, and `error.message` names it.
 */
export const accountStates = [
  'signed_out',
  'awaiting_user',
  'verifying',
  'signed_in',
  'refresh_failing',
  'needs_configuration',
] as const
export type AccountStateName = (typeof accountStates)[number]

/** A code that the user has not entered yet. All of it may be shown; the device code is not in it. */
export interface ShownCode {
  readonly userCode: string
  readonly verificationUri: string
  readonly verificationUriComplete: string
  /** Wall clock, for display only. */
  readonly expiresAtEpochMs: number
  /** 1 for the first code in a row. */
  readonly attempt: number
  /** What the user should know before they sign in. */
  readonly warning?: string
}

/**
 * `waiting_for_user_action`: several codes in a row went unused, or the user declined. The user must ask for
 * a new code.
 */
export type LoginState =
  | { readonly state: 'idle' }
  | { readonly state: 'waiting_for_user_action' }
  | ({ readonly state: 'awaiting_user' } & ShownCode)

/** An immutable snapshot; every change creates a new one. */
export interface AccountState {
  readonly state: AccountStateName
  readonly login: LoginState
  /** Whether there is a refresh token. */
  readonly linked: boolean
  /** The scopes of the refresh token; empty when there is none. */
  readonly scopes: readonly string[]
  /** Undefined when unknown: reading it needs scope `profile:user_id` or `profile`. */
  readonly userId: string | undefined
  /**
   * The account whose access tokens are in use; undefined: none. A new sign-in replaces it only after a
   * refresh has proven it.
   */
  readonly identity: AccountIdentity | undefined
  /** Of the current access token. Wall clock, for display only. */
  readonly tokenExpiresAtEpochMs: number | undefined
  /** Wall clock, for display only. */
  readonly refreshedAtEpochMs: number | undefined
  readonly error: { readonly code: ErrorCode; readonly message: string } | undefined
}

/** An event, published once when it happens. Times are wall clock, for display only. */
export type AccountEvent = { readonly atEpochMs: number } & AccountEventBody

export type AccountEventBody =
  | ({ readonly type: 'login_required' } & ShownCode)
  | { readonly type: 'login_succeeded'; readonly userId: string | undefined }
  | { readonly type: 'login_expired'; readonly attempt: number }
  | { readonly type: 'login_denied' }
  | { readonly type: 'token_refreshed'; readonly tokenExpiresAtEpochMs: number }
  | { readonly type: 'token_revoked'; readonly code: ErrorCode; readonly message: string }

/** An error for display. What a person has to correct includes its remedy, because nothing else shows it. */
export function shownError(error: AppError): NonNullable<AccountState['error']> {
  const message = error.kind === 'config' ? `${error.message}. ${error.remedy}` : error.message
  return { code: error.code, message }
}

/** The parts a snapshot is made of. */
export interface AccountParts {
  readonly link: Link | undefined
  readonly identity: AccountIdentity | undefined
  readonly login: LoginState
  readonly loginError: AppError | undefined
  readonly problem: RefreshProblem | undefined
  /** The problem that prevents saving the link. */
  readonly saveError: AppError | undefined
  /** Whether the refresh token was used successfully at least once since the agent started. */
  readonly verified: boolean
  readonly tokenExpiresAtEpochMs: number | undefined
  readonly refreshedAtEpochMs: number | undefined
}

export function describeAccount(parts: AccountParts): AccountState {
  const { link, problem, tokenExpiresAtEpochMs, refreshedAtEpochMs } = parts
  const error = problem?.error ?? parts.saveError ?? parts.loginError
  return Object.freeze({
    state: stateName(parts),
    login: parts.login,
    linked: link !== undefined,
    scopes: link?.scopes ?? [],
    userId: link?.userId,
    identity: parts.identity,
    tokenExpiresAtEpochMs,
    refreshedAtEpochMs,
    error: error === undefined ? undefined : shownError(error),
  })
}

function stateName({ link, login, loginError, problem, verified }: AccountParts): AccountStateName {
  if (link === undefined) {
    if (login.state === 'awaiting_user') return 'awaiting_user'
    return loginError?.kind === 'config' ? 'needs_configuration' : 'signed_out'
  }
  if (problem !== undefined) return problem.blocked ? 'needs_configuration' : 'refresh_failing'
  return verified ? 'signed_in' : 'verifying'
}
