import { setMaxListeners } from 'node:events'
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { Socket } from 'node:net'

import { got, RequestError, TimeoutError, type Method } from 'got'

import { askDate } from './ask-date.ts'
import { systemClock } from '../clock.ts'
import type { ErrorCode } from '../error-codes.ts'
import { AppError } from '../errors.ts'
import { Secret } from '../secret.ts'
import { isSecure } from './secure-url.ts'
import type { DateJudge } from '../wall-clock.ts'

export interface HttpRequest {
  readonly method: Method
  readonly url: URL
  readonly headers?: Readonly<Record<string, string | Secret>>
  /** Sent as application/x-www-form-urlencoded. */
  readonly form?: Readonly<Record<string, string | Secret>>
  /** Sent as application/json. */
  readonly json?: unknown
  /** Limit for the whole exchange, in milliseconds. Default 10 s. */
  readonly timeoutMs?: number
  /** Whether sending it twice does no harm. Default: for GET only. */
  readonly repeatable?: boolean
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
 * One HTTP exchange. Every status is an answer, not an error. Redirects are not followed: a token must not
 * travel. Callers do their own retries, with two exceptions: a repeatable request is sent again when nothing
 * came back on a connection that had been idle (a router may have dropped it), and any request when its
 * certificate was refused by a clock that has been set since. The time limit covers all attempts.
 *
 * @throws AppError `net/*`, with method, host and path only: no header, no query, no body.
 */
export interface Http {
  exchange(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse>
  /** Closes the idle connections. */
  close(): void
}

export interface HttpOptions {
  /** Distinguishes a wrong clock from an expired certificate. */
  readonly judge?: DateJudge
  /** PEM of the trusted authorities. Default: those of Node. */
  readonly ca?: readonly string[]
  /** How long an unused connection stays open, in milliseconds. */
  readonly idleMs?: number
}

/** Routers drop idle connections after minutes, some after one, and notify neither end. */
const defaultIdleMs = 30_000
/** A reused connection that brings nothing for this long is replaced by a new one. */
const longestSilenceMs = 4_000
const defaultTimeoutMs = 10_000

export function createHttp(userAgent: string, options: HttpOptions = {}): Http {
  const { judge, ca, idleMs = defaultIdleMs } = options
  const keepAlive = { keepAlive: true, maxSockets: 16, timeout: idleMs }
  const agent = {
    http: new HttpAgent(keepAlive),
    https: new HttpsAgent(ca === undefined ? keepAlive : { ...keepAlive, ca: [...ca] }),
  }
  const client = got.extend({
    agent,
    headers: { 'user-agent': userAgent },
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false,
    decompress: true,
  })

  /** @throws Failed, or the signal's reason */
  async function attempt(
    request: HttpRequest,
    leftMs: number,
    isWatched: boolean,
    signal: AbortSignal,
  ): Promise<HttpResponse> {
    const maxBytes = request.maxBytes ?? 1024 * 1024
    // A controller for each exchange: AbortSignal.any() leaks memory in a signal that lives on
    // (nodejs/node#55351).
    signal.throwIfAborted()
    const over = new AbortController()
    const stop = (): void => over.abort()
    // Node warns at more than ten listeners, and callers may run any number of exchanges.
    setMaxListeners(0, signal)
    signal.addEventListener('abort', stop, { once: true })
    let isSilent = (): boolean => false
    const promise = client(request.url, {
      method: request.method,
      headers: opened(request.headers ?? {}),
      ...(request.form === undefined ? {} : { form: opened(request.form) }),
      ...(request.json === undefined ? {} : { json: request.json }),
      timeout: { request: leftMs },
      signal: over.signal,
      responseType: 'buffer',
    })
    void promise.on('downloadProgress', ({ transferred }) => {
      if (transferred > maxBytes) over.abort(tooLarge)
    })
    void promise.on('request', (sent) => {
      const watch = (socket: Socket): void => {
        if (!sent.reusedSocket) return
        const { bytesRead } = socket
        isSilent = () => socket.bytesRead === bytesRead
        if (!isWatched) return
        sent.setTimeout(Math.min(longestSilenceMs, leftMs / 2), () => {
          if (isSilent()) over.abort(silent)
        })
      }
      if (sent.socket === null) sent.once('socket', watch)
      else watch(sent.socket)
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
      throw new Failed(over.signal.reason === tooLarge ? tooLarge : error, isSilent())
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  return {
    async exchange(request, signal) {
      const where = `${request.method} ${request.url.host}${request.url.pathname}`
      if (!isSecure(request.url)) {
        throw new AppError('net/failed', `${where}: refused to send over plain HTTP`)
      }
      const endsAtMs = systemClock.monotonicMs() + (request.timeoutMs ?? defaultTimeoutMs)
      const leftMs = (): number => Math.max(1, Math.ceil(endsAtMs - systemClock.monotonicMs()))
      const mayRepeat = request.repeatable ?? request.method === 'GET'
      const timesSet = judge?.timesSet()
      let isJudged = false
      for (let isFirst = true; ; isFirst = false) {
        try {
          return await attempt(request, leftMs(), isFirst && mayRepeat, signal)
        } catch (error) {
          if (!(error instanceof Failed)) throw error
          // The other idle connections are as old as this one.
          if (error.onSilentConnection) dropIdle(agent)
          const hasTime = leftMs() > 1
          if (isFirst && mayRepeat && error.onSilentConnection && hasTime) continue
          if (error.reason === tooLarge) {
            const most = request.maxBytes ?? 1024 * 1024
            throw new AppError('net/too-large', `${where}: the answer is larger than ${most} bytes`)
          }
          const nodeCode = error.reason instanceof RequestError ? error.reason.code : ''
          if (judge === undefined || isJudged || !isAboutDates(nodeCode)) {
            throw asNetworkError(error.reason, where)
          }
          isJudged = true
          if (judge.wantsDate) judge.heard(await askDate(request.url, userAgent, leftMs(), signal))
          // Nothing was sent yet, and the clock that refused the certificate has been set since.
          if (judge.timesSet() !== timesSet && leftMs() > 1) continue
          const { code, words } = judge.judge(nodeCode)
          throw new AppError(code, `${where}: ${nodeCode}: ${words}`)
        }
      }
    },
    close() {
      agent.http.destroy()
      agent.https.destroy()
    },
  }
}

/** Why one attempt failed. got's error does not leave this file. */
class Failed extends Error {
  readonly reason: unknown
  /** The connection had been used before, and nothing came back on it. */
  readonly onSilentConnection: boolean

  constructor(reason: unknown, onSilentConnection: boolean) {
    super('failed')
    this.reason = reason
    this.onSilentConnection = onSilentConnection
  }
}

function dropIdle(agents: Readonly<Record<string, HttpAgent>>): void {
  for (const { freeSockets } of Object.values(agents)) {
    for (const socket of Object.values(freeSockets).flat()) socket?.destroy()
  }
}

/** Reasons for which the agent itself ends an exchange. */
const tooLarge = Symbol('too large')
const silent = Symbol('silent')

function opened(values: Readonly<Record<string, string | Secret>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value instanceof Secret ? value.reveal() : value]),
  )
}

/** Codes by the names Node and OpenSSL give to failed exchanges. Any other name is `net/failed`. */
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

/** The code for a failed connection, by Node's name for the failure. The broker's connection uses it too. */
export function networkCode(nodeCode: string | undefined): ErrorCode {
  const code = nodeCode !== undefined && Object.hasOwn(networkCodes, nodeCode) && networkCodes[nodeCode]
  return code || 'net/failed'
}

/** Never passes got's error on, not even as a cause: its options hold the tokens that were sent. */
function asNetworkError(error: unknown, where: string): AppError {
  if (error instanceof TimeoutError) return new AppError('net/timeout', `${where}: no answer in time`)
  if (error instanceof RequestError) {
    return new AppError(networkCode(error.code), `${where}: ${error.code}`)
  }
  return new AppError('net/failed', `${where}: ${error instanceof Error ? error.name : 'failed'}`)
}
