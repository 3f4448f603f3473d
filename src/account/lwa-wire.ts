import {
  field,
  filledString,
  object,
  optional,
  parseJson,
  readNumber,
  string,
  type Decoder,
} from '../lib/decode.ts'
import { AppError } from '../lib/errors.ts'
import type { HttpRequest } from '../lib/http/http.ts'
import { Secret } from '../lib/secret.ts'
import { decodeVerificationUri, withUserCode } from './verification-uri.ts'

/**
 * What the user needs to sign in, and what the agent needs to poll for the result (docs/sources.md, LWA code
 * pair).
 */
export interface CodePair {
  readonly deviceCode: Secret
  readonly userCode: string
  readonly verificationUri: string
  /**
   * The URI that includes the code, for the QR code only: the plain URI and the code are shown next to it.
   */
  readonly verificationUriComplete: string
  /** Milliseconds, from before the request was sent. */
  readonly lifetimeMs: number
  /** The least time between two polls, in milliseconds. */
  readonly intervalMs: number
}

/** A token answer (docs/sources.md, LWA token and LWA access token). */
export interface TokenGrant {
  readonly accessToken: Secret
  /** Undefined when the answer has none, or an empty one: the current refresh token stays valid. */
  readonly refreshToken: Secret | undefined
  /** Milliseconds, from before the request was sent. */
  readonly lifetimeMs: number
  /** Undefined when the answer does not say: RFC 6749 section 5.1, "OPTIONAL, if identical to the scope requested". */
  readonly scopes: readonly string[] | undefined
}

/** RFC 8628 section 3.2: "If no value is provided, clients MUST use 5 as the default." */
const defaultIntervalSeconds = 5
/** The longest time between two polls, whatever the server asks for. */
const longestIntervalSeconds = 600
/** The lifetime in LWA's documents and answers. RFC 6749 section 5.1 lets a server omit `expires_in`. */
const usualTokenSeconds = 3_600
/** A longer lifetime is cut to this: renewing such a token once a day does no harm. */
const longestLifeSeconds = 86_400

export function encodeCodePairRequest(
  base: URL,
  clientId: string,
  scopes: readonly string[],
  locale: string,
): HttpRequest {
  return {
    method: 'POST',
    url: new URL('auth/o2/create/codepair', base),
    // Selects the language of Amazon's pages. Amazon's SDKs send it on this request only.
    headers: { 'accept-language': locale },
    form: { response_type: 'device_code', client_id: clientId, scope: scopes.join(' ') },
  }
}

/**
 * docs/sources.md, LWA token: sends `device_code` as grant type instead of RFC 8628's URN, the user code too,
 * and no client id.
 */
export function encodePollRequest(base: URL, pair: CodePair): HttpRequest {
  return {
    method: 'POST',
    url: new URL('auth/o2/token', base),
    form: { grant_type: 'device_code', device_code: pair.deviceCode, user_code: pair.userCode },
  }
}

/** Time limit of the longest exchange with Login with Amazon. */
export const longestExchangeMs = 30_000

/** A client for code-based linking has no secret, so none is sent (avs-device-sdk, Alexa Auto SDK). */
export function encodeRefreshRequest(base: URL, clientId: string, refreshToken: Secret): HttpRequest {
  return {
    method: 'POST',
    url: new URL('auth/o2/token', base),
    form: { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: clientId },
    // Longer than usual: when the answer with a rotated token is lost, the user has to sign in again.
    timeoutMs: longestExchangeMs,
  }
}

/** docs/sources.md, LWA profile. The token goes into a header, because proxies log queries. */
export function encodeProfileRequest(base: URL, accessToken: Secret): HttpRequest {
  return {
    method: 'GET',
    url: new URL('user/profile', base),
    headers: { authorization: accessToken.map((token) => `Bearer ${token}`) },
  }
}

/**
 * A 200 without `user_code`, `device_code` or `verification_uri`, or with an `expires_in` of 0, is a failure
 * worth a retry, as in Amazon's SDKs.
 *
 * @throws AppError `net/answer`
 */
export function decodeCodePair(body: string, lwaUrl: URL): CodePair {
  const source = object(parseJson(body, 'code pair'), 'code pair')
  const at = 'code pair'
  const userCode = field(source, 'user_code', shownText, at)
  const verificationUri = decodeVerificationUri(field(source, 'verification_uri', filledString, at), lwaUrl)
  return {
    deviceCode: field(source, 'device_code', secret, at),
    userCode,
    verificationUri: verificationUri.href,
    verificationUriComplete: withUserCode(verificationUri, userCode),
    lifetimeMs: field(source, 'expires_in', codeSeconds, at) * 1000,
    intervalMs: field(source, 'interval', intervalSeconds, at) * 1000,
  }
}

/**
 * Refuses only an answer that cannot be used: it may hold the only refresh token that still works, and its
 * code cannot be used again.
 *
 * @throws AppError `net/answer`
 */
export function decodeTokenGrant(body: string): TokenGrant {
  const at = 'token answer'
  const source = object(parseJson(body, at), at)
  field(source, 'token_type', bearer, at)
  const refreshToken = field(source, 'refresh_token', optional(string), at)
  return {
    accessToken: field(source, 'access_token', secret, at),
    refreshToken: refreshToken === undefined || refreshToken === '' ? undefined : secret(refreshToken, at),
    lifetimeMs: field(source, 'expires_in', tokenSeconds, at) * 1000,
    scopes: field(source, 'scope', scopes, at),
  }
}

/** The first answer must contain a refresh token: without one the sign-in would last an hour. */
export function decodeFirstTokenGrant(body: string): TokenGrant & { readonly refreshToken: Secret } {
  const { refreshToken, ...rest } = decodeTokenGrant(body)
  if (refreshToken !== undefined) return { ...rest, refreshToken }
  throw new AppError('net/answer', 'token answer.refresh_token: missing', {
    facts: { path: 'token answer.refresh_token' },
  })
}

/** @throws AppError `net/answer` */
export function decodeUserId(body: string): string {
  return field(object(parseJson(body, 'profile'), 'profile'), 'user_id', shownText, 'profile')
}

/** A device code or token, in the characters of RFC 6749 appendix A.12: any other would break a header. */
const secret: Decoder<Secret> = (value, path) => {
  const text = filledString(value, path)
  if (/^[\x21-\x7e]+$/.test(text)) return new Secret(text)
  throw new AppError('net/answer', `${path}: expected printable characters`, { facts: { path } })
}

/**
 * Text for display. Neither its length nor its alphabet is documented; only characters that can harm a
 * terminal are refused.
 */
const shownText: Decoder<string> = (value, path) => {
  const text = filledString(value, path)
  if (text.length <= 128 && !/\p{C}/u.test(text)) return text
  throw new AppError('net/answer', `${path}: expected a short text`, { facts: { path } })
}

/** The lifetime of a code. */
const codeSeconds: Decoder<number> = (value, path) => {
  const count = readNumber(value)
  if (count !== undefined && count > 0) return Math.min(count, longestLifeSeconds)
  throw new AppError('net/answer', `${path}: expected more than 0 seconds`, { facts: { path } })
}

/** The lifetime of a token; the usual one when the answer has no valid one. */
const tokenSeconds: Decoder<number> = (value) => {
  const count = readNumber(value)
  return count !== undefined && count > 0 ? Math.min(count, longestLifeSeconds) : usualTokenSeconds
}

const intervalSeconds: Decoder<number> = (value) => {
  const count = readNumber(value)
  return count !== undefined && count >= 0 ? Math.min(count, longestIntervalSeconds) : defaultIntervalSeconds
}

/**
 * Scopes separated by spaces, or a list, which some servers send. Undefined for none, and for anything else.
 */
const scopes: Decoder<readonly string[] | undefined> = (value) => {
  const words =
    typeof value === 'string' ? value.split(' ') : Array.isArray(value) ? (value as unknown[]) : []
  const named = words.filter((word) => typeof word === 'string').filter((word) => word !== '')
  return named.length === 0 ? undefined : named
}

/** RFC 6749 section 5.1: "Value is case insensitive." LWA sends lower case. */
const bearer: Decoder<void> = (value, path) => {
  if (filledString(value, path).toLowerCase() === 'bearer') return
  throw new AppError('net/answer', `${path}: expected bearer`, { facts: { path } })
}
