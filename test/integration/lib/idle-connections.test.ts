import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { test, type TestContext } from 'node:test'

import { createHttp, type Http } from '../../../src/lib/http/http.ts'
import { forgetfulRouter } from '../../support/forgetful-router.ts'
import { localServer } from './local-server.ts'

const { signal } = new AbortController()
const bound = { timeout: 20_000 }

function http(t: TestContext, idleMs?: number): Http {
  const made = createHttp('amazonmusic2mqtt/test', idleMs === undefined ? {} : { idleMs })
  t.after(() => made.close())
  return made
}

/** A server that counts what it is asked, behind a router. */
async function house(t: TestContext): Promise<{
  readonly asked: string[]
  readonly router: Awaited<ReturnType<typeof forgetfulRouter>>
}> {
  const asked: string[] = []
  const behind = await localServer(t, (request, response) => {
    asked.push(request.method ?? '')
    request.resume().on('end', () => response.end('ok'))
  })
  return { asked, router: await forgetfulRouter(t, behind) }
}

for (const how of ['forget', 'forgetAloud'] as const) {
  const words = how === 'forget' ? 'silently' : 'with a reset'

  test(
    `a GET on a connection that a router forgot ${words} is repeated once on a fresh one`,
    bound,
    async (t) => {
      const { asked, router } = await house(t)
      const client = http(t)
      const get = { method: 'GET', url: router.url, timeoutMs: 2_000 } as const
      await client.exchange(get, signal)
      router[how]()
      const { status } = await client.exchange(get, signal)
      assert.equal(status, 200)
      assert.deepEqual(asked, ['GET', 'GET'])
      assert.equal(router.connections, 2)
    },
  )

  test(`a POST is not, unless its sender says that it does no harm twice: ${words}`, bound, async (t) => {
    const { asked, router } = await house(t)
    const client = http(t)
    const post = { method: 'POST', url: router.url, json: {}, timeoutMs: 1_000 } as const
    await client.exchange(post, signal)
    router[how]()
    await assert.rejects(client.exchange(post, signal), {
      code: how === 'forget' ? 'net/timeout' : 'net/failed',
    })
    assert.deepEqual(asked, ['POST'])
    // And the next one does not meet another that is as old.
    await client.exchange(post, signal)
    router[how]()
    await client.exchange({ ...post, repeatable: true }, signal)
    assert.deepEqual(asked, ['POST', 'POST', 'POST'])
  })
}

test('after one forgotten connection all that were idle beside it are dropped', bound, async (t) => {
  const { router } = await house(t)
  const client = http(t)
  const get = { method: 'GET', url: router.url, timeoutMs: 2_000 } as const
  await Promise.all([
    client.exchange(get, signal),
    client.exchange(get, signal),
    client.exchange(get, signal),
  ])
  assert.equal(router.connections, 3)
  router.forget()
  await client.exchange(get, signal)
  const post = { method: 'POST', url: router.url, json: {}, timeoutMs: 2_000 } as const
  assert.equal((await client.exchange(post, signal)).status, 200)
  assert.equal(router.connections, 4)
})

test('a repeated request is not repeated again', bound, async (t) => {
  let asked = 0
  const url = await localServer(t, (request, response) => {
    asked++
    if (asked === 1) response.end('ok')
    else request.socket.resetAndDestroy()
  })
  const client = http(t)
  await client.exchange({ method: 'GET', url }, signal)
  await assert.rejects(client.exchange({ method: 'GET', url }, signal), { code: 'net/failed' })
  assert.equal(asked, 3)
})

test('a request that got a part of its answer is not repeated', bound, async (t) => {
  let asked = 0
  const url = await localServer(t, (_request, response) => {
    if (asked++ === 0) return void response.end('ok')
    response.writeHead(200, { 'content-length': 100 })
    response.write('a part', () => response.destroy())
  })
  const client = http(t)
  await client.exchange({ method: 'GET', url }, signal)
  await assert.rejects(client.exchange({ method: 'GET', url }, signal), { code: 'net/failed' })
  assert.equal(asked, 2)
})

test('an answer that has begun may take its time', bound, async (t) => {
  let asked = 0
  const url = await localServer(t, (_request, response) => {
    if (asked++ === 0) return void response.end('ok')
    response.write('a ')
    setTimeout(() => response.end('part'), 900)
  })
  const client = http(t)
  await client.exchange({ method: 'GET', url }, signal)
  const { body } = await client.exchange({ method: 'GET', url, timeoutMs: 1_600 }, signal)
  assert.deepEqual([body.toString(), asked], ['a part', 2])
})

test('a fresh connection has the whole of the time limit, however silent', bound, async (t) => {
  let asked = 0
  const url = await localServer(t, () => {
    asked++
  })
  await assert.rejects(http(t).exchange({ method: 'GET', url, timeoutMs: 600 }, signal), {
    code: 'net/timeout',
  })
  assert.equal(asked, 1)
})

test('the time limit covers the repetition', bound, async (t) => {
  let asked = 0
  const url = await localServer(t, (_request, response) => {
    if (asked++ === 0) response.end('ok')
  })
  const client = http(t)
  await client.exchange({ method: 'GET', url }, signal)
  const beganMs = performance.now()
  await assert.rejects(client.exchange({ method: 'GET', url, timeoutMs: 1_000 }, signal), {
    code: 'net/timeout',
  })
  assert.equal(asked, 3)
  assert.ok(
    performance.now() - beganMs < 1_450,
    `performance.now() - beganMs < 1_450: ${performance.now() - beganMs}`,
  )
})

test('a connection that nothing uses is closed after a while', bound, async (t) => {
  const sockets: Socket[] = []
  const url = await localServer(t, (request, response) => {
    sockets.push(request.socket)
    response.shouldKeepAlive = true
    response.end('ok')
  })
  await http(t, 150).exchange({ method: 'GET', url }, signal)
  const [socket] = sockets
  assert.ok(socket, 'socket')
  if (!socket.destroyed) await once(socket, 'close', { signal: AbortSignal.timeout(3_000) })
  assert.ok(socket.destroyed, 'socket.destroyed')
})
