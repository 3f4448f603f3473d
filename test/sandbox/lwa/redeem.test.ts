import assert from 'node:assert/strict'
import test from 'node:test'
import { stage } from '../sandbox-harness.ts'

test('the user code must belong to the device code', async (t) => {
  const s = await stage(t)
  const [one, other] = [await s.codePair(), await s.codePair()]
  const mixed = await s.poll({ deviceCode: one.deviceCode, userCode: other.userCode })
  assert.equal(mixed.status, 400)
  assert.equal(mixed.at('error'), 'invalid_code_pair')
})

test('a pair expires, even one the user said yes to', async (t) => {
  const s = await stage(t)
  const pair = await s.codePair()
  s.control.approve(pair.userCode)
  s.clock.advance(600)
  assert.equal((await s.poll(pair)).at('error'), 'invalid_code_pair')
})

test('a pair cannot be redeemed twice', async (t) => {
  const s = await stage(t)
  const pair = await s.codePair()
  s.control.approve(pair.userCode)
  s.clock.advance(30)
  assert.equal((await s.poll(pair)).status, 200)
  s.clock.advance(30)
  assert.equal((await s.poll(pair)).at('error'), 'invalid_code_pair')
})

test('a denied pair says so, in the word that is set for it', async (t) => {
  const s = await stage(t)
  const pair = await s.codePair()
  s.control.deny()
  assert.equal((await s.poll(pair)).at('error'), 'access_denied')
  s.control.change({ denialError: 'invalid_code_pair' })
  assert.equal((await s.poll(pair)).at('error'), 'invalid_code_pair')
})

test('the grant type of the RFC is not supported, and a missing parameter is named', async (t) => {
  const s = await stage(t)
  const urn = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: 'x', user_code: 'y' }
  assert.equal((await s.form('/auth/o2/token', urn)).at('error'), 'unsupported_grant_type')
  const lacking = await s.form('/auth/o2/token', { grant_type: 'device_code', device_code: 'x' })
  assert.equal(lacking.at('error'), 'invalid_request')
  assert.match(String(lacking.at('error_description')), /user_code/)
})
