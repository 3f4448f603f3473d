import type { AccountIdentity } from '../lib/account-identity.ts'
import type { ErrorCode } from '../lib/error-codes.ts'
import type { AppError } from '../lib/errors.ts'
import type { RefreshProblem } from './refresh-problem.ts'
import type { Link } from './token-store.ts'

/**
 * `signed_out` no token; `awaiting_user` no token, a code is shown; `verifying` a token that has not been renewed
 * yet; `signed_in`; `refresh_failing` the token is kept and tried again; `needs_configuration` a setting is wrong,
 * and `error.message` names it.
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

/** A code that waits for the user. All of it may be shown; the device code is not in it. */
export interface ShownCode {
  readonly userCode: string
  readonly verificationUri: string
  readonly verificationUriComplete: string
  /** Wall clock, for showing only. */
  readonly expiresAtEpochMs: number
  /** 1 for the first code of a row. */
  readonly attempt: number
  /** What the user should know before they sign in. */
  readonly warning?: string
}

/** `waiting_for_user_action`: several codes in a row went unused, or the user said no; a new one must be asked for. */
export type LoginState =
  | { readonly state: 'idle' }
  | { readonly state: 'waiting_for_user_action' }
  | ({ readonly state: 'awaiting_user' } & ShownCode)

/** A snapshot; every change makes a new one. */
export interface AccountState {
  readonly state: AccountStateName
  readonly login: LoginState
  /** Whether a refresh token is held. */
  readonly linked: boolean
  /** Of the token held; empty when there is none. */
  readonly scopes: readonly string[]
  /** Undefined when not known: it needs scope `profile:user_id` or `profile`. */
  readonly userId: string | undefined
  /** Of the account whose access tokens are handed out. Undefined: none is. A new sign-in takes its place once proven. */
  readonly identity: AccountIdentity | undefined
  /** Of the access token at hand. Wall clock, for showing only. */
  readonly tokenExpiresAtEpochMs: number | undefined
  /** Wall clock, for showing only. */
  readonly refreshedAtEpochMs: number | undefined
  readonly error: { readonly code: ErrorCode; readonly message: string } | undefined
}

/** An event: published once, when it happens. Times are wall clock, for showing only. */
export type AccountEvent = { readonly atEpochMs: number } & AccountEventBody

export type AccountEventBody =
  | ({ readonly type: 'login_required' } & ShownCode)
  | { readonly type: 'login_succeeded'; readonly userId: string | undefined }
  | { readonly type: 'login_expired'; readonly attempt: number }
  | { readonly type: 'login_denied' }
  | { readonly type: 'token_refreshed'; readonly tokenExpiresAtEpochMs: number }
  | { readonly type: 'token_revoked'; readonly code: ErrorCode; readonly message: string }

/** An error as it is shown: what a person has to set right is said with it, because nothing else will. */
export function shownError(error: AppError): NonNullable<AccountState['error']> {
  const message = error.kind === 'config' ? `${error.message}. ${error.remedy}` : error.message
  return { code: error.code, message }
}

/** Everything a snapshot is made of. */
export interface AccountParts {
  readonly link: Link | undefined
  readonly identity: AccountIdentity | undefined
  readonly login: LoginState
  readonly loginError: AppError | undefined
  readonly problem: RefreshProblem | undefined
  /** What keeps the link from the disk. */
  readonly saveError: AppError | undefined
  /** The token held has been renewed at least once in this life. */
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
