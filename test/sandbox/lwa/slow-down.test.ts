import assert from 'node:assert/strict'
import test from 'node:test'
import { stage } from '../sandbox-harness.ts'

test('a poll before the interval is over gets slow_down, and every later interval is 5 seconds longer', async (t) => {
  const s = await stage(t)
  const pair = await s.codePair()
  s.clock.advance(29)
  assert.equal((await s.poll(pair)).at('error'), 'slow_down')
  s.clock.advance(30)
  assert.equal((await s.poll(pair)).at('error'), 'slow_down', 'the old interval is too short now')
  s.clock.advance(40)
  const pending = await s.poll(pair)
  assert.equal(pending.status, 400)
  assert.equal(pending.at('error'), 'authorization_pending')
  s.clock.advance(35)
  assert.equal((await s.poll(pair)).at('error'), 'slow_down', 'it stays longer')
  assert.equal(s.control.codes()[0]?.slowDowns, 3)
})
