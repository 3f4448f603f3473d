import { AppError, toAppError } from '../lib/errors.ts'
import type { Http, HttpRequest } from '../lib/http/http.ts'
import { decodeRetryAfter } from '../lib/http/retry-after.ts'
import type { Secret } from '../lib/secret.ts'
import { classifyRefusal, type LwaRefusal, type LwaStep } from './lwa-refusal.ts'
import {
  decodeCodePair,
  decodeFirstTokenGrant,
  decodeTokenGrant,
  decodeUserId,
  encodeCodePairRequest,
  encodePollRequest,
  encodeProfileRequest,
  encodeRefreshRequest,
  type CodePair,
  type TokenGrant,
} from './lwa-wire.ts'

/** The result of one exchange with Login with Amazon. A network failure is a `transient` refusal. */
export type LwaOutcome<Value, Step extends LwaStep> =
  { readonly kind: 'ok'; readonly value: Value } | LwaRefusal<Step>

export type FirstGrant = TokenGrant & { readonly refreshToken: Secret }

/**
 * Login with Amazon for devices without a browser (code-based linking). Each method makes one exchange,
 * without state and without retries. The methods throw only `signal.reason`, when it aborts.
 */
export interface Lwa {
  readonly clientId: string
  /** docs/sources.md, LWA code pair. */
  requestCodePair(scopes: readonly string[], signal: AbortSignal): Promise<LwaOutcome<CodePair, 'codePair'>>
  /** docs/sources.md, LWA token. */
  pollToken(pair: CodePair, signal: AbortSignal): Promise<LwaOutcome<FirstGrant, 'poll'>>
  /** docs/sources.md, LWA token, "Using refresh tokens". `first`: the refresh right after a sign-in. */
  refresh(
    refreshToken: Secret,
    first: boolean,
    signal: AbortSignal,
  ): Promise<LwaOutcome<TokenGrant, 'refresh' | 'firstRefresh'>>
  /** docs/sources.md, LWA profile: the user id. Needs scope `profile` or `profile:user_id`. */
  profile(accessToken: Secret, signal: AbortSignal): Promise<LwaOutcome<string, 'profile'>>
}

export interface LwaOptions {
  readonly http: Http
  /** The address of Login with Amazon: `https://api.amazon.com`, also with `/auth/o2/` at its end. */
  readonly lwaUrl: URL
  readonly clientId: string
  /** Language of Amazon's pages, such as `de-DE`. */
  readonly locale: string
}

export function createLwa({ http, lwaUrl, clientId, locale }: LwaOptions): Lwa {
  const base = hostOf(lwaUrl)

  const exchange = async <Value, Step extends LwaStep>(
    step: Step,
    request: HttpRequest,
    decode: (body: string) => Value,
    signal: AbortSignal,
  ): Promise<LwaOutcome<Value, Step>> => {
    try {
      const response = await http.exchange(request, signal)
      const body = response.body.toString('utf8')
      if (response.status === 200) return { kind: 'ok', value: decode(body) }
      const retryAfterMs = decodeRetryAfter(response.header('retry-after'), response.header('date'))
      return classifyRefusal(step, { status: response.status, body, retryAfterMs })
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof AppError) return { kind: 'transient', error }
      throw toAppError(error)
    }
  }

  return {
    clientId,
    requestCodePair: (scopes, signal) =>
      exchange(
        'codePair',
        encodeCodePairRequest(base, clientId, scopes, locale),
        (body) => decodeCodePair(body, base),
        signal,
      ),
    pollToken: (pair, signal) =>
      exchange('poll', encodePollRequest(base, pair), decodeFirstTokenGrant, signal),
    refresh: (refreshToken, first, signal) =>
      exchange(
        first ? 'firstRefresh' : 'refresh',
        encodeRefreshRequest(base, clientId, refreshToken),
        decodeTokenGrant,
        signal,
      ),
    profile: (accessToken, signal) =>
      exchange('profile', encodeProfileRequest(base, accessToken), decodeUserId, signal),
  }
}

/**
 * Amazon's SDKs call `https://api.amazon.com/auth/O2/` the LWA URL, but `/user/profile` is not below that
 * path.
 */
function hostOf(lwaUrl: URL): URL {
  const base = new URL(lwaUrl)
  base.search = ''
  base.hash = ''
  base.pathname = base.pathname.replace(/\/(auth\/o2\/?)?$/i, '') + '/'
  return base
}
