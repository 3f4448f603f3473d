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

/** The most retries of a failed call. */
const mostRetries = 2
/**
 * Methods that do no harm when sent twice (RFC 9110 section 9.2.2): a mode is set to the same value again.
 */
const idempotent: ReadonlySet<string> = new Set(['GET', 'PUT', 'DELETE'])
/** The caller decides about a longer wait: a person has sent the command. */
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
 * Sends the call and returns what `decode` makes of the parsed body (undefined for an empty one) and the
 * status, one of 200-299. An answer that `decode` cannot read counts as a failed call.
 */
export type Caller = <T>(
  route: CompiledRoute,
  args: Arguments,
  signal: AbortSignal,
  decode: (body: unknown, status: number) => T,
) => Promise<T>

/**
 * Makes one call: waits for the limiter, gets the token, renews it once if it is refused, and retries a few
 * times.
 *
 * @see docs/sources.md, API overview (401 INVALID_ACCESS_TOKEN: refresh and continue) and API errors
 */
export function createCaller({ http, clock, log, tokens, limiter, calls }: CallerParts): Caller {
  /**
   * A token that was refused right after it was renewed: another renewal would only load the sign-in service.
   */
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
      // A throttled call was not executed. After any other failure it may have been executed in part.
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
    // A call for one account must not be retried with a token of another.
    const signal = AbortSignal.any([ofCaller, tokens.accountEnds])
    try {
      const { body, status } = await run(route, args, signal)
      // When nobody needs the body, a success is a success whatever the body is.
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

/**
 * A request that never arrived can be sent again; one that may have arrived only when it is a read that does
 * no harm twice.
 */
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
