import type { Clock } from '../lib/clock.ts'
import { parseJson } from '../lib/decode.ts'
import { AppError } from '../lib/errors.ts'
import type { Http, HttpResponse } from '../lib/http/http.ts'
import type { Log } from '../lib/log.ts'
import { decodeRetryAfter } from '../lib/http/retry-after.ts'
import type { Secret } from '../lib/secret.ts'
import type { AccessTokens } from './access-tokens.ts'
import type { CallLog } from './call-log.ts'
import type { Arguments } from './routes/body-template.ts'
import type { CompiledRoute } from './routes/compiled-route.ts'
import type { Limiter } from './limiter.ts'
import { ignoreAnswer } from './send.ts'
import { decodeServiceError, type ServiceError } from './decode/error.ts'

/** A call that failed is sent again at most this often. */
const mostRetries = 2
/** Methods that do no harm twice (RFC 9110 section 9.2.2): a mode is set to the same value. */
const idempotent: ReadonlySet<string> = new Set(['GET', 'PUT', 'DELETE'])
/** A longer wait is the callers' to decide: a person has sent the command. */
export const longestWaitMs = 20_000

export interface CallerParts {
  readonly http: Http
  readonly clock: Clock
  readonly log: Log
  readonly tokens: AccessTokens
  readonly limiter: Limiter
  readonly calls: CallLog
}

/**
 * Sends the call and gives what `decode` makes of the answer's parsed body (undefined for an empty one) and its status,
 * one of 200-299. An answer it cannot read counts as a failed call.
 */
export type Caller = <T>(
  route: CompiledRoute,
  args: Arguments,
  signal: AbortSignal,
  decode: (body: unknown, status: number) => T,
) => Promise<T>

/**
 * One call with all that belongs to it: its turn at the limiter, the token, one renewal of it, few retries.
 *
 * @see API_web_LWA (401 INVALID_ACCESS_TOKEN: refresh and go on), API_web_errors
 */
export function createCaller({ http, clock, log, tokens, limiter, calls }: CallerParts): Caller {
  /** A token that was refused although it had just been renewed: renewing again would only load the sign-in. */
  let refusedFresh: Secret | undefined

  async function run(route: CompiledRoute, args: Arguments, signal: AbortSignal): Promise<HttpResponse> {
    const { method, repeatable } = route.route
    const request = {
      method,
      url: route.url(args),
      json: route.body(args),
      repeatable: repeatable || idempotent.has(method),
    }
    let renewed = false
    let retries = 0
    const giveUpAtMs = clock.monotonicMs() + longestWaitMs
    for (;;) {
      const ticket = await limiter.enter(signal)
      const token = await tokens.get(signal)
      const headers = { ...route.headers, authorization: token.map((value) => `Bearer ${value}`) }

      let response: HttpResponse
      try {
        calls.exchanges++
        response = await http.exchange({ ...request, headers }, signal)
      } catch (error) {
        signal.throwIfAborted()
        if (retries++ < mostRetries && mayRepeatAfter(error, route)) continue
        throw error
      }
      log.trace('answer', { operation: route.name, status: response.status })
      if (response.status >= 200 && response.status < 300) {
        limiter.succeeded(ticket)
        refusedFresh = undefined
        return response
      }

      const { error, staleToken } = failureOf(response, route)
      if (staleToken) {
        limiter.succeeded(ticket)
        if (renewed) refusedFresh = token
        if (renewed || refusedFresh?.equals(token) === true) throw error
        tokens.reject(token)
        renewed = true
        continue
      }
      if (error.code !== 'music/throttled' && error.code !== 'music/unavailable') {
        limiter.succeeded(ticket)
        throw error
      }
      const throttled = error.code === 'music/throttled'
      if (throttled) calls.throttled++
      limiter.failed(ticket, throttled ? 'throttled' : 'unavailable', error.retryAfterMs)
      // What was throttled was not carried out. Any other failure may come after half the work.
      const repeatable = throttled || route.route.repeatable || route.route.method === 'GET'
      const waitMs = limiter.waitMs()
      const tooLate = clock.monotonicMs() + waitMs > giveUpAtMs
      if (retries++ >= mostRetries || !repeatable || tooLate) throw withWait(error, waitMs)
    }
  }

  const failureOf = (response: HttpResponse, { name, route }: CompiledRoute): ServiceError =>
    decodeServiceError({
      operation: name,
      evidence: route.evidence,
      scope: route.scope,
      status: response.status,
      body: response.body,
      retryAfterMs: decodeRetryAfter(response.header('retry-after'), response.header('date')),
      challenge: response.header('www-authenticate'),
    })

  return async (route, args, ofCaller, decode) => {
    // What was asked for one account is not asked again with a token of another.
    const signal = AbortSignal.any([ofCaller, tokens.accountEnds])
    try {
      const { body, status } = await run(route, args, signal)
      // A success whose words nobody needs is one whatever they are.
      const isRead = body.length > 0 && (decode as unknown) !== ignoreAnswer
      const answer = decode(isRead ? parseJson(body.toString('utf8'), route.name) : undefined, status)
      calls.succeeded()
      return answer
    } catch (error) {
      calls.failed(error, signal.aborted)
      throw error
    }
  }
}

/** What never arrived can go again; what may have arrived only when reading twice does no harm. */
function mayRepeatAfter(error: unknown, { route }: CompiledRoute): boolean {
  if (!(error instanceof AppError)) return false
  if (error.code === 'net/refused') return true
  return error.code === 'net/failed' && route.repeatable
}

function withWait(error: AppError, waitMs: number): AppError {
  if (waitMs === 0) return error
  return new AppError(error.code, error.message, {
    retryAfterMs: waitMs,
    facts: error.facts,
    ...(error.url === undefined ? {} : { url: error.url }),
  })
}
