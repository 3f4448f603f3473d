import { object, parseJson } from '../lib/decode.ts'
import type { ErrorCode } from '../lib/error-codes.ts'
import { AppError } from '../lib/errors.ts'

/**
 * What a refusal by Login with Amazon means at each step, besides `transient` (keep everything, try again later):
 * `configuration` stop asking, keep the token, a setting is wrong; `definitive` the refresh token is dead, sign in
 * again; `unnamed` an error that no document names: keep everything, try again slowly; `pending`, `slow_down`, `denied`,
 * `expired` as in RFC 8628 section 3.5, `expired` meaning the code pair. `firstRefresh` is the refresh right after a
 * sign-in, which proves that the client id is of the right type.
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
  /** In place of Amazon's own description, where that misleads. */
  readonly words?: string
}

const client = { kind: 'configuration', code: 'account/client' } as const
const scope = { kind: 'configuration', code: 'account/scope' } as const
const request: Row<'configuration'> = { kind: 'configuration', code: 'account/request' }
const revoked = { kind: 'definitive', code: 'account/revoked' } as const
const codeExpired = { kind: 'expired', code: 'account/code-expired' } as const
const unnamed = { kind: 'unnamed', code: 'account/unnamed' } as const
/** Errors that RFC 6749 section 5.2 and Amazon's pages name, and that asking again cannot change. */
const always = {
  invalid_client: client,
  unauthorized_client: client,
  invalid_scope: scope,
  invalid_request: request,
  unsupported_grant_type: request,
}

/** Keys in lower case. */
const rows: { readonly [Step in LwaStep]: Readonly<Record<string, Row<StepKinds[Step]>>> } = {
  // docs/sources.md, LWA code pair, table of errors; InvalidValue and invalid_scope as reported for avs-device-sdk.
  codePair: { ...always, invalidvalue: request },
  // docs/sources.md, LWA token, table of errors. access_denied and expired_token are RFC 8628's: no Amazon page names a denial.
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
    // avs-device-sdk#666: with a web client's id linking works and only the refresh fails.
    invalid_request: {
      ...client,
      words:
        'the sign-in worked, but a client for "TVs and other devices" needs no client secret, and this one does',
    },
  },
  // docs/sources.md, LWA token, "Using refresh tokens". avs-device-sdk#687: unauthorized_client is a token of another client id.
  refresh: { ...always, invalid_grant: revoked, unauthorized_client: revoked },
  // docs/sources.md, LWA profile.
  profile: { insufficient_scope: scope, invalid_request: request, invalid_token: request },
}

/**
 * What an error means that its step does not list. A code is polled no further (RFC 8628 section 3.5 and
 * avs-device-sdk#771 both say stop): the user can have another. A sign-in must not end over one odd answer.
 */
const unlisted: { readonly [Step in LwaStep]: Row<StepKinds[Step]> } = {
  codePair: unnamed,
  poll: request,
  firstRefresh: unnamed,
  refresh: unnamed,
  profile: unnamed,
}

/** Amazon's ServerError, and RFC 6749 section 4.1.2.1's names for the same; whatever the status. */
const transientErrors = new Set(['servererror', 'server_error', 'temporarily_unavailable'])

export interface LwaAnswer {
  readonly status: number
  readonly body: string
  readonly retryAfterMs: number | undefined
}

/**
 * The one place that decides what an answer other than a sound 200 means. Only an OAuth error body may stop
 * anything: what has none (a proxy's page, a captive portal, an empty 400) is transient, as are 408, 429 and 5xx.
 * Names are compared without regard to case: the pages say `ServerError`, Amazon's SDK `servererror`.
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

/** Not by plain indexing: a server may name its error `constructor`. */
function ownRow<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}

/** invalid_request and InvalidValue say in their description only which parameter they mean. */
function culprit(description: string | undefined): ErrorCode {
  if (/client_id|client_secret/i.test(description ?? '')) return 'account/client'
  if (/scope/i.test(description ?? '')) return 'account/scope'
  return 'account/request'
}

/** `{"error":"…","error_description":"…"}` (RFC 6749 section 5.2), made fit for a log line and a terminal. */
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

/** No control characters, and no long word: no documented text has one, and every token and device code is one. */
function printable(text: string, maxLength: number): string {
  return text
    .replaceAll(/[^\x20-\x7e]+/g, ' ')
    .replaceAll(/\S{32,}/g, '[…]')
    .trim()
    .slice(0, maxLength)
}
