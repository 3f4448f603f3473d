import assert from 'node:assert/strict'
import test from 'node:test'
import { linkedStage, stage, type Stage } from '../sandbox-harness.ts'

const put = (s: Stage, method: string, path: string, body: unknown = {}) =>
  s.send(method, `/control${path}`, { 'content-type': 'application/json' }, JSON.stringify(body))

test('GET /control lists every endpoint, and each of them answers', async (t) => {
  const s = await stage(t)
  await s.codePair()
  const rows = (await s.send('GET', '/control')).at('control') as {
    method: string
    path: string
    does: string
  }[]
  assert.ok(rows.length > 20, `rows.length > 20: ${rows.length}`)
  for (const { method, path, does } of rows) {
    assert.notEqual(does, '')
    const headers = method === 'GET' ? {} : { 'content-type': 'application/json' }
    const reply = await s.send(method, path, headers, method === 'GET' ? undefined : '{}')
    assert.ok([200, 404].includes(reply.status), `${method} ${path}: ${reply.text}`)
    assert.notEqual(reply.at('message'), 'Not Found')
  }
})

test('a user code is approved, the clock moves, conditions and account change', async (t) => {
  const s = await stage(t)
  const pair = await s.codePair()
  assert.equal((await put(s, 'POST', '/codes/approve', { account: 'ben' })).at('userCode'), pair.userCode)
  assert.equal((await put(s, 'POST', '/clock/advance', { seconds: 30 })).status, 200)
  assert.equal((await s.poll(pair)).status, 200)
  assert.equal((await put(s, 'PUT', '/conditions', { tps: 5, nextPolicy: 'advance' })).at('tps'), 5)
  await put(s, 'PUT', '/account', { account: 'ben', tier: 'FREE' })
  const state = await s.send('GET', '/control/state')
  assert.equal(state.at('accounts', 1, 'tier'), 'FREE')
  assert.equal(state.at('conditions', 'nextPolicy'), 'advance')
})

test('nonsense is refused with a reason', async (t) => {
  const s = await stage(t)
  for (const [method, path, body] of [
    ['PUT', '/conditions', { nextPolicy: 'sideways' }],
    ['PUT', '/conditions', { gravity: 1 }],
    ['PUT', '/conditions', { tps: 'many' }],
    ['PUT', '/account', { tier: 'GOLD' }],
    ['PUT', '/conditions', { streams: 'vinyl' }],
    ['PUT', '/conditions', { swell: 'yes' }],
    ['POST', '/faults', { drop: 'sometimes' }],
    ['POST', '/faults', { cutAfterBytes: -1 }],
    ['POST', '/faults', { stallAfterBytes: '10' }],
    ['POST', '/faults', { bytesPerSecond: 0 }],
    ['POST', '/faults', { endless: 'very' }],
    ['POST', '/faults', { noise: 1 }],
    ['PUT', '/protection', { protected: 'no' }],
    ['POST', '/clock/advance', { seconds: -1 }],
  ] as const) {
    const reply = await put(s, method, path, body)
    assert.equal(reply.status, 400, JSON.stringify(body))
    assert.equal(typeof reply.at('error'), 'string')
  }
  assert.equal((await put(s, 'POST', '/codes/deny', { userCode: 'NOSUCH' })).status, 404)
  assert.equal((await s.send('POST', '/control/codes/expire', {}, '{}')).status, 400, 'not labelled JSON')
})

test('a fault can be scripted and requests looked at', async (t) => {
  const s = await linkedStage(t)
  await put(s, 'POST', '/faults', { path: '/v1/me', status: 500, body: { error: {} } })
  assert.equal((await s.music('GET', '/me')).status, 500)
  const seen = await s.send('GET', '/control/requests?method=get&path=/v1/me')
  assert.equal(seen.at(0, 'path'), '/v1/me')
  assert.equal(seen.at(0, 'status'), 500)
  assert.equal(seen.at(0, 'headers', 'authorization'), `Bearer ${s.accessToken}`)
  assert.equal(seen.at(1), undefined)
})
