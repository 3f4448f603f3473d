import { object, parseJson } from '../lib/decode.ts'
import type { ErrorCode } from '../lib/error-codes.ts'
import { AppError } from '../lib/errors.ts'

/**
 * How a refusal by Login with Amazon is classified at each step, besides `transient` (keep everything, retry
 * later): `configuration` a setting is wrong: stop asking, keep the token; `definitive` the refresh token is
 * dead: sign in again; `unnamed` an undocumented error: keep everything, retry slowly; `pending`,
 * `slow_down`, `denied`, `expired` as in RFC 8628 section 3.5, where `expired` means the code pair.
 * `firstRefresh` is the refresh right after a sign-in; it proves that the client id is of the right type.
 */
interface StepKinds {
  readonly codePair: 'configuration' | 'unnamed'
  readonly poll: 'pending' | 'slow_down' | 'denied' | 'expired' | 'configuration'
  readonly firstRefresh: 'definitive' | 'configuration' | 'unnamed'
  readonly refresh: 'definitive' | 'configuration' | 'unnamed'
  readonly profile: 'configuration' | 'unnamed'
}
export type LwaStep = keyof StepKinds

export interface LwaRefusal<Step extends LwaStep = LwaStep> {
  readonly kind: StepKinds[Step] | 'transient'
  readonly error: AppError
}

interface Row<Kind> {
  readonly kind: Kind
  readonly code: ErrorCode
  /** Replaces Amazon's own description where that misleads. */
  readonly words?: string
}

const client = { kind: 'configuration', code: 'account/client' } as const
const scope = { kind: 'configuration', code: 'account/scope' } as const
const request: Row<'configuration'> = { kind: 'configuration', code: 'account/request' }
const revoked = { kind: 'definitive', code: 'account/revoked' } as const
const codeExpired = { kind: 'expired', code: 'account/code-expired' } as const
const unnamed = { kind: 'unnamed', code: 'account/unnamed' } as const
/** Errors named by RFC 6749 section 5.2 and Amazon's pages that a retry cannot change. */
const always = {
  invalid_client: client,
  unauthorized_client: client,
  invalid_scope: scope,
  invalid_request: request,
  unsupported_grant_type: request,
}

/** By error name, in lower case. */
const rows: { readonly [Step in LwaStep]: Readonly<Record<string, Row<StepKinds[Step]>>> } = {
  // docs/sources.md, LWA code pair, table of errors. InvalidValue and invalid_scope: reported for
  // avs-device-sdk.
  codePair: { ...always, invalidvalue: request },
  // docs/sources.md, LWA token, table of errors. access_denied and expired_token come from RFC 8628: no
  // Amazon page names a denial.
  poll: {
    ...always,
    authorization_pending: { kind: 'pending', code: 'account/signed-out' },
    slow_down: { kind: 'slow_down', code: 'account/unavailable' },
    access_denied: { kind: 'denied', code: 'account/denied' },
    invalid_code_pair: codeExpired,
    expired_token: codeExpired,
    invalid_grant: codeExpired,
  },
  firstRefresh: {
    ...always,
    invalid_grant: revoked,
    // avs-device-sdk#666: with a web client's id the sign-in works and only the refresh fails.
    invalid_request: {
      ...client,
      words:
        'the sign-in worked, but a client for "TVs and other devices" needs no client secret, and this one does',
    },
  },
  // docs/sources.md, LWA token, "Using refresh tokens". avs-device-sdk#687: unauthorized_client means a token
  // of another client id.
  refresh: { ...always, invalid_grant: revoked, unauthorized_client: revoked },
  // docs/sources.md, LWA profile.
  profile: { insufficient_scope: scope, invalid_request: request, invalid_token: request },
}

/**
 * The classification of an error that its step does not list. Polling of the code stops (RFC 8628 section 3.5
 * and avs-device-sdk#771 both say so): the user can ask for another code. One odd answer must not end a
 * sign-in.
 */
const unlisted: { readonly [Step in LwaStep]: Row<StepKinds[Step]> } = {
  codePair: unnamed,
  poll: request,
  firstRefresh: unnamed,
  refresh: unnamed,
  profile: unnamed,
}

/** Amazon's ServerError, and the RFC 6749 section 4.1.2.1 names for it; with any status. */
const transientErrors = new Set(['servererror', 'server_error', 'temporarily_unavailable'])

export interface LwaAnswer {
  readonly status: number
  readonly body: string
  readonly retryAfterMs: number | undefined
}

/**
 * Classifies every answer other than a valid 200; no other code does. Only an OAuth error body may stop
 * anything: an answer without one (a proxy's page, a captive portal, an empty 400) is transient, and so are
 * 408, 429 and 5xx. Error names are compared without regard to case: the pages write `ServerError`, Amazon's
 * SDK `servererror`.
 */
export function classifyRefusal<Step extends LwaStep>(step: Step, answer: LwaAnswer): LwaRefusal<Step> {
  const { status, retryAfterMs } = answer
  const { error, description } = decodeErrorBody(answer.body)
  const said = `Login with Amazon answered ${status}${error === undefined ? '' : ` ${error}`}`
  const options = {
    facts: { step, status, oauthError: error ?? null },
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  }
  const name = error?.toLowerCase()
  const row = name === undefined ? undefined : ownRow(rows[step], name)

  const keepsWaiting = row?.kind === 'pending' || row?.kind === 'slow_down'
  const isProblem = status === 408 || status === 429 || status >= 500 || status < 400
  if (name === undefined || transientErrors.has(name) || (isProblem && !keepsWaiting)) {
    return { kind: 'transient', error: new AppError('account/unavailable', said, options) }
  }
  const { kind, code, words } = row ?? unlisted[step]
  const hint = words ?? description
  const message = hint === undefined ? said : `${said}: ${hint}`
  return { kind, error: new AppError(code === request.code ? culprit(description) : code, message, options) }
}

/** Own properties only: a server may name its error `constructor`. */
function ownRow<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}

/** invalid_request and InvalidValue name the wrong parameter only in their description. */
function culprit(description: string | undefined): ErrorCode {
  if (/client_id|client_secret/i.test(description ?? '')) return 'account/client'
  if (/scope/i.test(description ?? '')) return 'account/scope'
  return 'account/request'
}

/**
 * Decodes `{"error":"…","error_description":"…"}` (RFC 6749 section 5.2) into text that is safe for a log and
 * a terminal.
 */
function decodeErrorBody(body: string): { error?: string; description?: string } {
  try {
    const { error, error_description: description } = object(parseJson(body, 'error'), 'error')
    if (typeof error !== 'string' || error.trim() === '') return {}
    return {
      error: printable(error, 64),
      ...(typeof description === 'string' ? { description: printable(description, 200) } : {}),
    }
  } catch {
    return {}
  }
}

/**
 * Removes control characters and long words: no documented text has one, and every token and device code is
 * one.
 */
function printable(text: string, maxLength: number): string {
  return text
    .replaceAll(/[^\x20-\x7e]+/g, ' ')
    .replaceAll(/\S{32,}/g, '[…]')
    .trim()
    .slice(0, maxLength)
}
