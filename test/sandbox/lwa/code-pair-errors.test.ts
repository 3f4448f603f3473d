import assert from 'node:assert/strict'
import test from 'node:test'
import { stage } from '../sandbox-harness.ts'

const cases: [string, Record<string, string>, string, RegExp][] = [
  ['a missing client id', { client_id: '' }, 'invalid_request', /client_id/],
  ['a missing scope', { scope: '' }, 'invalid_request', /scope/],
  ['another response type', { response_type: 'code' }, 'invalid_request', /response_type/],
  [
    'the security profile in place of the client',
    { client_id: 'amzn1.application.0123' },
    'InvalidValue',
    /client_id/,
  ],
  [
    'a client id in braces',
    { client_id: '{amzn1.application-oa2-client.0123}' },
    'InvalidValue',
    /client_id/,
  ],
  ['an unknown scope', { scope: 'profile music::everything' }, 'invalid_scope', /unknown scope/],
]

for (const [what, fields, error, description] of cases) {
  test(`${what} is answered 400 ${error}`, async (t) => {
    const { reply } = await (await stage(t)).codePair(fields)
    assert.equal(reply.status, 400)
    assert.equal(reply.at('error'), error)
    assert.match(String(reply.at('error_description')), description)
  })
}

test('a scope the client was not granted is invalid_scope and named', async (t) => {
  const s = await stage(t, { grantedScopes: ['profile'] })
  const { reply } = await s.codePair({ scope: 'profile music::playback' })
  assert.equal(reply.at('error'), 'invalid_scope')
  assert.match(String(reply.at('error_description')), /music::playback/)
})

test('a client that is not on the list, or not enabled for linking, is refused', async (t) => {
  const s = await stage(t, { clientsNotEnabled: ['amzn1.application-oa2-client.web'] })
  const { reply } = await s.codePair({ client_id: 'amzn1.application-oa2-client.web' })
  assert.equal(reply.at('error'), 'unauthorized_client')
  s.control.change({ clientIds: ['amzn1.application-oa2-client.only'] })
  assert.equal((await s.codePair()).reply.at('error'), 'InvalidValue')
})

test('a body that is not form-encoded, or repeats a parameter, is invalid_request', async (t) => {
  const s = await stage(t)
  const json = await s.send('POST', '/auth/o2/token', { 'content-type': 'application/json' }, '{}')
  assert.equal(json.status, 400)
  assert.equal(json.at('error'), 'invalid_request')
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const twice = await s.send('POST', '/auth/o2/token', form, 'grant_type=device_code&grant_type=device_code')
  assert.equal(twice.at('error'), 'invalid_request')
})
