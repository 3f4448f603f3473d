import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

import { createHttp } from '../../../src/lib/http/http.ts'
import { createLog } from '../../../src/lib/log.ts'
import { Secret } from '../../../src/lib/secret.ts'
import type { AccessTokens } from '../../../src/amazon-music/access-tokens.ts'
import { defaultRoutes } from '../../../src/amazon-music/routes/default-routes.ts'
import { createMusicClient, type MusicClient } from '../../../src/amazon-music/client.ts'
import type { Routes } from '../../../src/amazon-music/routes/routes.ts'
import { ManualClock } from '../../support/clocks/manual-clock.ts'
import { within } from '../../support/eventually.ts'

export interface Scripted {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON; a text as it is. */
  readonly body?: unknown
  /** Breaks the connection instead of answering. */
  readonly hangUp?: boolean
  /** Never answers. */
  readonly silent?: boolean
}

export interface Received {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: unknown
}

export interface ScriptedService {
  readonly url: URL
  readonly received: readonly Received[]
  /** Answers in the order given; the last one again and again. */
  answer(...answers: Scripted[]): void
  /** Answers by what was asked. */
  answerBy(answer: (request: Received) => Scripted): void
}

/** A real HTTP server on a free port that answers what a test tells it to. */
async function startScriptedService(t: TestContext): Promise<ScriptedService> {
  const received: Received[] = []
  let next: (request: Received) => Scripted = () => ({ status: 500 })
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8')
      const entry: Received = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: text === '' ? undefined : (JSON.parse(text) as unknown),
      }
      received.push(entry)
      const { status = 200, headers = {}, body, hangUp = false, silent = false } = next(entry)
      if (silent) return
      if (hangUp) {
        request.socket.destroy()
        return
      }
      response.writeHead(status, { 'content-type': 'application/json', ...headers })
      response.end(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body))
    })
  })
  server.listen(0, '127.0.0.1')
  await within('the server to listen', once(server, 'listening'))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: new URL(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`),
    received,
    answer(...answers) {
      const left = [...answers]
      next = () => (left.length > 1 ? left.shift() : left[0]) ?? { status: 500 }
    },
    answerBy(answer) {
      next = answer
    },
  }
}

/** Access tokens as the account room gives them: `token-1`, and the next one after each rejection. */
export class CountedTokens implements AccessTokens {
  #current = 1
  readonly rejected: string[] = []
  readonly accountEnds = new AbortController().signal

  get current(): Secret {
    return new Secret(`token-${String(this.#current)}`)
  }

  get(): Promise<Secret> {
    return Promise.resolve(this.current)
  }

  reject(token: Secret): void {
    this.rejected.push(token.reveal())
    if (token.equals(this.current)) this.#current++
  }
}

export interface Bench {
  readonly service: ScriptedService
  readonly client: MusicClient
  readonly clock: ManualClock
  readonly tokens: CountedTokens
  readonly signal: AbortSignal
  readonly lines: readonly string[]
}

/** A client and the scripted service it talks to. */
export async function startBench(t: TestContext, routes: Routes = defaultRoutes): Promise<Bench> {
  const service = await startScriptedService(t)
  const bench = benchAt(t, service.url, routes)
  return { service, ...bench }
}

export function benchAt(
  t: TestContext,
  musicUrl: URL,
  routes: Routes = defaultRoutes,
): Omit<Bench, 'service'> {
  const clock = new ManualClock()
  const tokens = new CountedTokens()
  const http = createHttp('amazonmusic2mqtt/test')
  t.after(() => http.close())
  const lines: string[] = []
  const client = createMusicClient({
    http,
    clock,
    // In the middle: waits are exactly those of the table.
    random: () => 0.5,
    log: createLog({ level: 'trace', write: (line) => lines.push(line) }),
    musicUrl,
    securityProfileId: 'amzn1.application.test',
    deviceId: 'device-1',
    locale: 'en-us',
    routes,
    tokens,
  })
  return { client, clock, tokens, signal: new AbortController().signal, lines }
}

/** An error answer in V1's envelope. */
export function serviceError(
  status: number,
  code: string,
  more: Readonly<Record<string, unknown>> = {},
): Scripted {
  return { status, body: { error: { status: String(status), code, message: `says ${code}`, ...more } } }
}
