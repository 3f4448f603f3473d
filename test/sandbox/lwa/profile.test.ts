import assert from 'node:assert/strict'
import test from 'node:test'
import { CLIENT_ID, linkedStage, stage } from '../sandbox-harness.ts'

test('the token may come in the query, as bearer or in a header of its own', async (t) => {
  const s = await linkedStage(t)
  const inQuery = await s.send('GET', `/user/profile?access_token=${encodeURIComponent(s.accessToken)}`)
  const asBearer = await s.send('GET', '/user/profile', { authorization: `bearer ${s.accessToken}` })
  const inHeader = await s.send('GET', '/user/profile', { 'x-amz-access-token': s.accessToken })
  assert.match(String(inQuery.at('user_id')), /^amzn1\.account\./)
  assert.equal(inQuery.at('postal_code'), '98109')
  assert.equal(asBearer.text, inQuery.text)
  assert.equal(inHeader.text, inQuery.text)
})

test('profile:user_id shows the id alone; no profile scope shows nothing', async (t) => {
  const s = await stage(t)
  await s.link({ scope: 'profile:user_id' })
  const id = await s.send('GET', '/user/profile', { authorization: `Bearer ${s.accessToken}` })
  assert.deepEqual(Object.keys(JSON.parse(id.text) as object), ['user_id'])
  await s.link({ scope: 'music::catalog' })
  const none = await s.send('GET', '/user/profile', { authorization: `Bearer ${s.accessToken}` })
  assert.equal(none.at('error'), 'insufficient_scope')
})

test('tokeninfo names client and user, and counts the seconds left', async (t) => {
  const s = await linkedStage(t)
  s.clock.advance(600)
  const path = `/auth/o2/tokeninfo?access_token=${encodeURIComponent(s.accessToken)}`
  const info = await s.send('GET', path)
  assert.equal(info.at('aud'), CLIENT_ID)
  assert.equal(info.at('exp'), 3000)
  assert.match(String(info.at('app_id')), /^amzn1\.application\.[0-9a-f]{32}$/)
  s.clock.advance(3000)
  assert.equal((await s.send('GET', path)).at('error'), 'invalid_token')
})
