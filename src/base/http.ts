import { setMaxListeners } from 'node:events'
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'

import { got, RequestError, TimeoutError, type Method } from 'got'

import type { ErrorCode } from './error-codes.ts'
import { AppError } from './errors.ts'
import { Secret } from './secret.ts'
import { isSecure } from './secure-url.ts'
import type { DateJudge } from './wall-clock.ts'

export interface HttpRequest {
  readonly method: Method
  readonly url: URL
  readonly headers?: Readonly<Record<string, string | Secret>>
  /** Sent as application/x-www-form-urlencoded. */
  readonly form?: Readonly<Record<string, string | Secret>>
  /** Sent as application/json. */
  readonly json?: unknown
  /** From start to end of the exchange. Default 10 s. */
  readonly timeoutMs?: number
  /** Larger answers are refused. Default 1 MiB. */
  readonly maxBytes?: number
}

export interface HttpResponse {
  readonly status: number
  /** Names in lower case. */
  header(name: string): string | undefined
  readonly body: Buffer
}

/**
 * One HTTP exchange; every status is an answer, not an error. Redirects are not followed (a token must not travel),
 * nothing is retried (waiting is the callers' business), but for a certificate that was refused by a clock which has
 * been set since.
 *
 * @throws AppError `net/*`, with method, host and path only: no header, no query, no body.
 */
export interface Http {
  exchange(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse>
  /** Closes the idle connections. */
  close(): void
}

/** @param judge tells a wrong clock from a certificate that has run out */
export function createHttp(userAgent: string, judge?: DateJudge): Http {
  const keepAlive = { keepAlive: true, maxSockets: 16 }
  const agent = { http: new HttpAgent(keepAlive), https: new HttpsAgent(keepAlive) }
  const client = got.extend({
    agent,
    headers: { 'user-agent': userAgent },
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false,
    decompress: true,
  })

  return {
    async exchange(request, signal) {
      const where = `${request.method} ${request.url.host}${request.url.pathname}`
      if (!isSecure(request.url)) {
        throw new AppError('net/failed', `${where}: refused to send over plain HTTP`)
      }
      const timesSet = judge?.timesSet()
      const maxBytes = request.maxBytes ?? 1024 * 1024
      // One of our own for each exchange: AbortSignal.any() leaves a trace in a signal that lives on (nodejs/node#55351).
      signal.throwIfAborted()
      const over = new AbortController()
      const stop = (): void => over.abort()
      // Node warns of more than ten, and as many exchanges as their callers like may be under way.
      setMaxListeners(0, signal)
      signal.addEventListener('abort', stop, { once: true })
      const promise = client(request.url, {
        method: request.method,
        headers: opened(request.headers ?? {}),
        ...(request.form === undefined ? {} : { form: opened(request.form) }),
        ...(request.json === undefined ? {} : { json: request.json }),
        timeout: { request: request.timeoutMs ?? 10_000 },
        signal: over.signal,
        responseType: 'buffer',
      })
      void promise.on('downloadProgress', ({ transferred }) => {
        if (transferred > maxBytes) over.abort(tooLarge)
      })
      try {
        const response = await promise
        return {
          status: response.statusCode,
          header: (name) => {
            const value = response.headers[name]
            return Array.isArray(value) ? value.join(', ') : value
          },
          body: Buffer.from(response.body),
        }
      } catch (error) {
        signal.throwIfAborted()
        if (over.signal.reason === tooLarge) {
          throw new AppError('net/too-large', `${where}: the answer is larger than ${maxBytes} bytes`)
        }
        const nodeCode = error instanceof RequestError ? error.code : ''
        if (judge === undefined || !isAboutDates(nodeCode)) throw asNetworkError(error, where)
        if (judge.wantsDate) judge.heard(await askDate(request.url, userAgent, signal))
        // Nothing was sent yet, and the clock that refused the certificate is gone.
        if (judge.timesSet() !== timesSet) return await this.exchange(request, signal)
        const { code, words } = judge.judge(nodeCode)
        throw new AppError(code, `${where}: ${nodeCode}: ${words}`)
      } finally {
        signal.removeEventListener('abort', stop)
      }
    },
    close() {
      agent.http.destroy()
      agent.https.destroy()
    },
  }
}

/** Why an exchange of ours was ended. */
const tooLarge = Symbol('too large')

function opened(values: Readonly<Record<string, string | Secret>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value instanceof Secret ? value.reveal() : value]),
  )
}

/** Node's and OpenSSL's names for a failed exchange; anything else is `net/failed`. */
const networkCodes: Readonly<Record<string, ErrorCode>> = {
  ETIMEDOUT: 'net/timeout',
  ECONNREFUSED: 'net/refused',
  ENOTFOUND: 'net/dns',
  EAI_AGAIN: 'net/dns',
  CERT_NOT_YET_VALID: 'net/clock',
  CERT_HAS_EXPIRED: 'net/expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'net/certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'net/certificate',
  UNABLE_TO_GET_ISSUER_CERT: 'net/certificate',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'net/certificate',
  CERT_SIGNATURE_FAILURE: 'net/certificate',
  CERT_REVOKED: 'net/certificate',
  CERT_UNTRUSTED: 'net/certificate',
  INVALID_CA: 'net/certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'net/certificate',
  ERR_TLS_CERT_ALTNAME_INVALID: 'net/certificate',
}

/** Whether a certificate was refused for its dates. */
export function isAboutDates(nodeCode: string): boolean {
  return nodeCode === 'CERT_NOT_YET_VALID' || nodeCode === 'CERT_HAS_EXPIRED'
}

const askDateMs = 5_000

/**
 * What the server at `url` says the time is, whoever it is: its certificate is not looked at, so it is told nothing but
 * that somebody asks for `/`, and believed in nothing but words for people.
 */
function askDate(url: URL, userAgent: string, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const options = { method: 'HEAD', rejectUnauthorized: false, agent: false, timeout: askDateMs } as const
    const asking = requestHttps(
      new URL('/', url),
      { ...options, headers: { 'user-agent': userAgent } },
      ({ headers }) => {
        resolve(headers.date)
        asking.destroy()
      },
    )
    const stop = (): void => {
      reject(signal.reason as Error)
      asking.destroy()
    }
    signal.addEventListener('abort', stop, { once: true })
    asking.on('close', () => {
      signal.removeEventListener('abort', stop)
      resolve(undefined)
    })
    asking.on('timeout', () => asking.destroy())
    asking.on('error', () => resolve(undefined))
    asking.end()
  })
}

/** The code for a failed connection, by the name Node gives the failure. Shared with the broker's connection. */
export function networkCode(nodeCode: string | undefined): ErrorCode {
  return networkCodes[nodeCode ?? ''] ?? 'net/failed'
}

/** Never passes got's error on, not even as a cause: its options hold the tokens that were sent. */
function asNetworkError(error: unknown, where: string): AppError {
  if (error instanceof TimeoutError) return new AppError('net/timeout', `${where}: no answer in time`)
  if (error instanceof RequestError) {
    return new AppError(networkCode(error.code), `${where}: ${error.code}`)
  }
  return new AppError('net/failed', `${where}: ${error instanceof Error ? error.name : 'failed'}`)
}
