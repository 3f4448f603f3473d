import { object, parseJson } from '../base/decode.ts'
import type { ErrorCode } from '../base/error-codes.ts'
import { AppError } from '../base/errors.ts'

/**
 * What a refusal by Login with Amazon means at each step, besides `transient` (keep everything, try again later):
 * `configuration` stop asking, keep the token, a setting is wrong; `definitive` the refresh token is dead, sign in
 * again; `pending`, `slow_down`, `denied`, `expired` as in RFC 8628 section 3.5, `expired` meaning the code pair.
 * `firstRefresh` is the refresh right after a sign-in, which proves that the client id is of the right type.
 */
interface StepKinds {
  readonly codePair: 'configuration'
  readonly poll: 'pending' | 'slow_down' | 'denied' | 'expired' | 'configuration'
  readonly firstRefresh: 'definitive' | 'configuration'
  readonly refresh: 'definitive' | 'configuration'
  readonly profile: 'configuration'
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
const always = { invalid_client: client, unauthorized_client: client, invalid_scope: scope }

/** Keys in lower case. What a step does not list is `request`: RFC 8628 and avs-device-sdk#771 both say stop. */
const rows: { readonly [Step in LwaStep]: Readonly<Record<string, Row<StepKinds[Step]>>> } = {
  // CODE page, table of errors; InvalidValue and invalid_scope as reported for avs-device-sdk.
  codePair: always,
  // TOKEN page, table of errors. access_denied and expired_token are RFC 8628's: no Amazon page names a denial.
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
  // TOKEN page, "Using refresh tokens". avs-device-sdk#687: unauthorized_client is a token of another client id.
  refresh: { ...always, invalid_grant: revoked, unauthorized_client: revoked },
  // PROFILE page.
  profile: { insufficient_scope: scope },
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
  const troubled = status === 408 || status === 429 || status >= 500 || status < 400
  if (name === undefined || transientErrors.has(name) || (troubled && !keepsWaiting)) {
    return { kind: 'transient', error: new AppError('account/unavailable', said, options) }
  }
  const { kind, code, words } = row ?? request
  const hint = words ?? description
  const message = hint === undefined ? said : `${said}: ${hint}`
  return { kind, error: new AppError(row === undefined ? culprit(description) : code, message, options) }
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
