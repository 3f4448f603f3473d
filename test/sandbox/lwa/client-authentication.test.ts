import assert from 'node:assert/strict'
import test from 'node:test'
import { CLIENT_ID, linkedStage } from '../sandbox-harness.ts'

test('another client cannot use it, and it stays good for its own', async (t) => {
  const s = await linkedStage(t)
  const other = 'amzn1.application-oa2-client.other'
  assert.equal((await s.refresh(s.refreshToken, other)).at('error'), 'invalid_grant')
  s.control.change({ otherClientError: 'unauthorized_client' })
  assert.equal((await s.refresh(s.refreshToken, other)).at('error'), 'unauthorized_client')
  assert.equal((await s.refresh()).status, 200)
})

test('a client of the Web tab can link, but every refresh asks for its secret', async (t) => {
  const s = await linkedStage(t, { clientsOfWebType: [CLIENT_ID] })
  const reply = await s.refresh()
  assert.equal(reply.status, 400)
  assert.equal(reply.at('error'), 'invalid_request')
  assert.equal(reply.at('error_description'), 'The request is missing a required parameter : client_secret')
})

test('a client id that cannot be one fails as a client', async (t) => {
  const s = await linkedStage(t)
  const reply = await s.refresh(s.refreshToken, 'amzn1.application.a-profile')
  assert.equal(reply.status, 401)
  assert.equal(reply.at('error'), 'invalid_client')
  assert.equal((await s.refresh()).status, 200)
})
