import assert from 'node:assert/strict'
import { getEventListeners, once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import { inspect } from 'node:util'
import { gzipSync } from 'node:zlib'

import { AppError } from '../../../src/lib/errors.ts'
import { createHttp, type Http, type HttpRequest } from '../../../src/lib/http/http.ts'
import { errorFields } from '../../../src/lib/log.ts'
import { Secret } from '../../../src/lib/secret.ts'
import { bodyOf, localServer, stall } from './local-server.ts'

const never = new AbortController().signal
const bearer = new Secret('Bearer Atza|canary-access')
const refreshToken = new Secret('Atzr|canary-refresh')

function http(t: TestContext): Http {
  const made = createHttp('amazonmusic2mqtt/test')
  t.after(() => made.close())
  return made
}

/** A request that holds a secret wherever one can stand. */
function withSecrets(url: URL): HttpRequest {
  return {
    method: 'POST',
    url: new URL('?code=canary-query', url),
    headers: { authorization: bearer },
    form: { refresh_token: refreshToken },
  }
}

/** The code of the failure, after a look that it gives nothing away. */
async function failure(exchange: Promise<unknown>): Promise<string> {
  const error = await exchange.then(
    () => assert.fail('the exchange succeeded'),
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof AppError, inspect(error))
  const printed = [
    inspect(error, { depth: 10, showHidden: true, getters: true }),
    JSON.stringify(error),
    JSON.stringify(errorFields(error)),
  ].join('\n')
  assert.doesNotMatch(printed, /canary|Atz|RequestError|\boptions\b/)
  assert.equal(error.cause, undefined)
  return error.code
}

test('a form and secret headers arrive as they are', async (t) => {
  const url = await localServer(t, (request, response) => {
    void bodyOf(request).then((body) => {
      const { authorization, 'content-type': type, 'user-agent': agent } = request.headers
      response.end(JSON.stringify({ authorization, type, agent, body, method: request.method }))
    })
  })
  const answer = await http(t).exchange(
    {
      method: 'POST',
      url,
      headers: { authorization: bearer },
      form: { a: '1 & 2', refresh_token: refreshToken },
    },
    never,
  )
  assert.deepEqual(JSON.parse(answer.body.toString()), {
    authorization: 'Bearer Atza|canary-access',
    type: 'application/x-www-form-urlencoded',
    agent: 'amazonmusic2mqtt/test',
    body: 'a=1+%26+2&refresh_token=Atzr%7Ccanary-refresh',
    method: 'POST',
  })
})

test('JSON arrives as JSON, for every method', async (t) => {
  const url = await localServer(t, (request, response) => {
    void bodyOf(request).then((body) => response.end(`${request.headers['content-type'] ?? ''} ${body}`))
  })
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const) {
    const answer = await http(t).exchange({ method, url, json: { a: [1, 'ü'] } }, never)
    assert.equal(answer.body.toString(), 'application/json {"a":[1,"ü"]}', method)
  }
})

test('every status is an answer, with its headers and body', async (t) => {
  const url = await localServer(t, (request, response) => {
    const status = Number(request.url?.slice(1))
    response.writeHead(status, { 'Retry-After': '7', 'Set-Cookie': ['a=1', 'b=2'] }).end(`says ${status}`)
  })
  for (const status of [200, 400, 401, 403, 404, 422, 429, 500, 503]) {
    const answer = await http(t).exchange({ method: 'GET', url: new URL(`/${status}`, url) }, never)
    assert.equal(answer.status, status)
    assert.equal(answer.header('retry-after'), '7')
    assert.equal(answer.header('set-cookie'), 'a=1, b=2')
    assert.equal(answer.header('absent'), undefined)
    assert.equal(answer.body.toString(), `says ${status}`)
  }
})

test('nothing is asked twice, whatever the answer', async (t) => {
  let asked = 0
  const url = await localServer(t, (_request, response) => {
    asked++
    response.writeHead(503, { 'retry-after': '0' }).end()
  })
  await http(t).exchange({ method: 'GET', url }, never)
  assert.equal(asked, 1)
})

test('a redirect is an answer and is not followed: a token must not travel', async (t) => {
  let elsewhere = 0
  const other = await localServer(t, (_request, response) => {
    elsewhere++
    response.end()
  })
  const url = await localServer(t, (_request, response) => {
    response.writeHead(307, { location: other.href }).end()
  })
  const answer = await http(t).exchange(withSecrets(url), never)
  assert.equal(answer.status, 307)
  assert.equal(answer.header('location'), other.href)
  assert.equal(elsewhere, 0)
})

for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const) {
  test(`plain HTTP leaves this machine for nobody: ${method}`, async (t) => {
    const url = new URL('http://192.0.2.1/?code=canary-query')
    const request = { method, url, headers: { authorization: bearer } }
    await assert.rejects(http(t).exchange({ ...request, timeoutMs: 300 }, never), {
      code: 'net/failed',
      message: `${method} 192.0.2.1/: refused to send over plain HTTP`,
    })
  })
}

test('a server that takes the request and says nothing times out', async (t) => {
  const url = await localServer(t, () => undefined)
  assert.equal(await failure(http(t).exchange({ ...withSecrets(url), timeoutMs: 80 }, never)), 'net/timeout')
})

test('a server that stalls in the middle of its answer times out', async (t) => {
  const url = await localServer(t, (_request, response) => stall(response))
  assert.equal(await failure(http(t).exchange({ ...withSecrets(url), timeoutMs: 80 }, never)), 'net/timeout')
})

test('a port where nobody listens is refused', async (t) => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  const url = new URL(`http://127.0.0.1:${port}`)
  assert.equal(await failure(http(t).exchange(withSecrets(url), never)), 'net/refused')
})

test('a name that does not exist is a failure of the DNS', async (t) => {
  // RFC 6761: .invalid never resolves.
  const url = new URL('https://api.amazon.invalid/')
  assert.equal(await failure(http(t).exchange(withSecrets(url), never)), 'net/dns')
})

test('a connection that breaks before, in or after the headers has failed', async (t) => {
  const answers = ['', 'HTTP/1.1 200 OK\r\nContent-Le', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort']
  for (const answer of answers) {
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () => socket.end(answer))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    t.after(() => server.close())
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    assert.equal(await failure(http(t).exchange(withSecrets(url), never)), 'net/failed', answer)
  }
})

test('a peer that does not speak HTTP has failed', async (t) => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.end('220 mail.example ESMTP\r\n')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  assert.equal(await failure(http(t).exchange(withSecrets(url), never)), 'net/failed')
})

test('an answer larger than allowed is dropped, told or not, packed or not', async (t) => {
  const big = Buffer.alloc(300_000, 'x')
  const url = await localServer(t, (request, response) => {
    switch (request.url) {
      case '/length':
        response.writeHead(200, { 'content-length': big.length }).end(big)
        break
      case '/chunked':
        response.write(big)
        response.end()
        break
      case '/endless': {
        const more = (): void => {
          if (!response.destroyed) response.write(big.subarray(0, 50_000), () => setImmediate(more))
        }
        more()
        break
      }
      case undefined:
      default:
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(big))
    }
  })
  for (const path of ['/length', '/chunked', '/endless', '/gzip']) {
    const request = { ...withSecrets(new URL(path, url)), maxBytes: 100_000 }
    request.url.pathname = path
    assert.equal(await failure(http(t).exchange(request, never)), 'net/too-large', path)
  }
})

test('an answer of exactly the size allowed is taken', async (t) => {
  const url = await localServer(t, (_request, response) => response.end(Buffer.alloc(100_000)))
  const answer = await http(t).exchange({ method: 'GET', url, maxBytes: 100_000 }, never)
  assert.equal(answer.body.length, 100_000)
})

test('an abort before, during the wait and during the body throws the reason of the signal itself', async (t) => {
  const reason = new Error('stop')
  const before = await localServer(t, (_request, response) => response.end())
  await assert.rejects(
    http(t).exchange(withSecrets(before), AbortSignal.abort(reason)),
    (error) => error === reason,
  )
  for (const inBody of [false, true]) {
    const stop = new AbortController()
    const url = await localServer(t, (_request, response) => {
      if (inBody) stall(response)
      setImmediate(() => stop.abort(reason))
    })
    await assert.rejects(http(t).exchange(withSecrets(url), stop.signal), (error) => error === reason)
  }
})

test('connections are kept between exchanges and gone after close', async (t) => {
  const ports = new Set<number | undefined>()
  let ended: Promise<unknown> = Promise.reject(new Error('nobody came'))
  ended.catch(() => undefined)
  const url = await localServer(t, (request, response) => {
    if (!ports.has(request.socket.remotePort))
      ended = once(request.socket, 'close', { signal: AbortSignal.timeout(4_000) })
    ports.add(request.socket.remotePort)
    response.end('ok')
  })
  const client = http(t)
  for (let n = 0; n < 5; n++) await client.exchange({ method: 'GET', url }, never)
  assert.equal(ports.size, 1)
  client.close()
  // Sooner than the server (5 s) or the client's own limit (30 s) would end it.
  await assert.doesNotReject(ended)
})

test('many exchanges under one signal leave no listener on it', async (t) => {
  const url = await localServer(t, (_request, response) => response.end('ok'))
  const client = http(t)
  const { signal } = new AbortController()
  for (let n = 0; n < 30; n++) await client.exchange({ method: 'GET', url }, signal)
  assert.ok(getEventListeners(signal, 'abort').length <= 1, `getEventListeners(signal, 'abort').length <= 1`)
})
