import assert from 'node:assert/strict'
import test from 'node:test'
import { linkedStage } from '../sandbox-harness.ts'

test('a scripted answer takes the place of the real one, so often and no more', async (t) => {
  const s = await linkedStage(t)
  s.control.fault({
    method: 'GET',
    path: '/v1/me',
    times: 2,
    status: 503,
    headers: { 'retry-after': '7' },
    body: 'busy',
  })
  const struck = await s.music('GET', '/me')
  assert.deepEqual([struck.status, struck.text, struck.headers.get('retry-after')], [503, 'busy', '7'])
  assert.equal((await s.music('GET', '/search?query=a')).status, 200, 'another path')
  assert.equal((await s.music('GET', '/me')).status, 503)
  assert.equal((await s.music('GET', '/me')).status, 200)
})

test('a dropped connection loses the request, or the answer alone', async (t) => {
  const s = await linkedStage(t)
  s.control.fault({ path: '/auth/o2/token', drop: 'before' })
  await assert.rejects(s.refresh(), /fetch failed/)
  assert.equal(s.control.secrets().refreshTokens.length, 1, 'nothing was issued')
  s.control.fault({ path: '/auth/o2/token', drop: 'after' })
  await assert.rejects(s.refresh(), /fetch failed/)
  assert.equal(s.control.secrets().refreshTokens.length, 2, 'the answer was lost')
  assert.equal((await s.refresh()).at('error'), 'invalid_grant')
})

test('a delay waits on the clock and then serves; garbage is no JSON', async (t) => {
  const s = await linkedStage(t)
  s.control.fault({ delayMs: 2500 })
  assert.equal((await s.music('GET', '/me')).status, 200)
  assert.deepEqual(s.clock.slept, [2500])
  s.control.fault({ garbage: true })
  const garbled = await s.music('GET', '/me')
  assert.equal(garbled.status, 200)
  assert.throws(() => JSON.parse(garbled.text), SyntaxError)
})
