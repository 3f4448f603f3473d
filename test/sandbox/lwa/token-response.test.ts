import assert from 'node:assert/strict'
import test from 'node:test'
import { stage } from '../sandbox-harness.ts'

test('an approved poll answers with tokens of the documented form', async (t) => {
  const s = await stage(t)
  const pair = await s.codePair()
  s.control.approve(pair.userCode)
  s.clock.advance(30)
  const reply = await s.poll(pair)
  const [access, refresh] = [String(reply.at('access_token')), String(reply.at('refresh_token'))]
  assert.match(access, /^Atza\|/)
  assert.ok(access.length >= 350 && access.length <= 2048, 'access.length >= 350 && access.length <= 2048')
  assert.match(refresh, /^Atzr\|/)
  assert.equal(reply.at('token_type'), 'bearer')
  assert.equal(reply.at('expires_in'), 3600)
  const { accessTokens, refreshTokens, deviceCodes } = s.control.secrets()
  assert.deepEqual([accessTokens, refreshTokens, deviceCodes], [[access], [refresh], [pair.deviceCode]])
})
