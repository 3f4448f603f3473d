import assert from 'node:assert/strict'
import test from 'node:test'
import { stage } from '../sandbox-harness.ts'

test('a code pair has exactly the five documented fields', async (t) => {
  const s = await stage(t)
  const { reply, userCode, deviceCode } = await s.codePair()
  assert.equal(reply.status, 200)
  assert.deepEqual(JSON.parse(reply.text), {
    user_code: userCode,
    device_code: deviceCode,
    verification_uri: `${s.sandbox.url}/us/code`,
    expires_in: 600,
    interval: 30,
  })
  assert.match(userCode, /^[A-Z0-9]{6}$/)
  assert.match(deviceCode, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
})

test('a public URL takes the place of the local one', async (t) => {
  const s = await stage(t, { publicUrl: 'http://sandbox.test:8080/' })
  assert.equal((await s.codePair()).reply.at('verification_uri'), 'http://sandbox.test:8080/us/code')
})

test('both spellings of the path are served', async (t) => {
  const s = await stage(t)
  const fields = {
    response_type: 'device_code',
    client_id: 'amzn1.application-oa2-client.ab',
    scope: 'profile',
  }
  assert.equal((await s.form('/auth/O2/create/codepair', fields)).status, 200)
  const poll = await s.form('/auth/O2/token', { grant_type: 'device_code', device_code: 'x', user_code: 'y' })
  assert.equal(poll.at('error'), 'invalid_code_pair')
})
