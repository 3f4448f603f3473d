import assert from 'node:assert/strict'
import test from 'node:test'
import { linkedStage } from '../sandbox-harness.ts'

test('by default the old refresh token is dead once the new one is issued', async (t) => {
  const s = await linkedStage(t)
  const first = await s.refresh()
  assert.equal(first.status, 200)
  assert.notEqual(first.at('refresh_token'), s.refreshToken)
  const again = await s.refresh()
  assert.equal(again.status, 400)
  assert.equal(again.at('error'), 'invalid_grant')
  assert.equal((await s.refresh(String(first.at('refresh_token')))).status, 200)
})

test('on-first-use, it lives until the new access token is used', async (t) => {
  const s = await linkedStage(t, { rotation: 'on-first-use' })
  const lost = await s.refresh()
  assert.equal(lost.status, 200)
  const fresh = await s.refresh()
  assert.equal(fresh.status, 200, 'the first answer may have been lost')
  s.accessToken = String(fresh.at('access_token'))
  assert.equal((await s.music('GET', '/me')).status, 200)
  assert.equal((await s.refresh()).at('error'), 'invalid_grant')
})

test('it can also stay the same, or be left out', async (t) => {
  const s = await linkedStage(t, { rotation: 'same' })
  assert.equal((await s.refresh()).at('refresh_token'), s.refreshToken)
  s.control.change({ rotation: 'absent' })
  const reply = await s.refresh()
  assert.equal(reply.status, 200)
  assert.equal(reply.at('refresh_token'), undefined)
  assert.equal((await s.refresh()).status, 200)
})

test('it dies when the user removes the app, while the access token lives on', async (t) => {
  const s = await linkedStage(t)
  assert.equal(s.control.revokeRefreshTokens(), 1)
  assert.equal((await s.refresh()).at('error'), 'invalid_grant')
  assert.equal((await s.music('GET', '/me')).status, 200)
})
