import assert from 'node:assert/strict'
import test from 'node:test'
import { linkedStage, stage } from '../sandbox-harness.ts'

const cases: [string, Record<string, string | undefined>, number, string][] = [
  ['no x-api-key', { 'x-api-key': undefined }, 401, 'NO_X_API_KEY'],
  ['a client id as x-api-key', { 'x-api-key': 'amzn1.application-oa2-client.ab' }, 403, 'INVALID_CLIENT_ID'],
  ['no Authorization', { authorization: undefined }, 401, 'NO_ACCESS_TOKEN'],
  ['another scheme', { authorization: 'Basic YTpi' }, 401, 'INVALID_AUTH_TYPE'],
  ['an empty bearer token', { authorization: 'Bearer' }, 401, 'INVALID_AUTH_TOKEN'],
  ['a made-up token', { authorization: 'Bearer Atza|no' }, 401, 'INVALID_ACCESS_TOKEN'],
]

for (const [what, change, status, code] of cases) {
  test(`${what} is ${status} ${code} in the documented envelope`, async (t) => {
    const s = await linkedStage(t)
    const headers = Object.entries({ ...s.musicHeaders(), ...change })
    const kept = headers.filter((pair): pair is [string, string] => pair[1] !== undefined)
    const reply = await s.send('GET', '/v1/me', Object.fromEntries(kept))
    assert.equal(reply.status, status)
    assert.equal(reply.at('error', 'code'), code)
    assert.equal(reply.at('error', 'status'), String(status))
    assert.equal(typeof reply.at('error', 'message'), 'string')
    assert.equal(typeof reply.at('error', 'reference'), 'string')
  })
}

test('an access token lives one hour', async (t) => {
  const s = await linkedStage(t)
  s.clock.advance(3599)
  assert.equal((await s.music('GET', '/me')).status, 200)
  s.clock.advance(1)
  assert.equal((await s.music('GET', '/me')).at('error', 'code'), 'INVALID_ACCESS_TOKEN')
})

test('a scope that was not asked for is missed where it is needed', async (t) => {
  const s = await stage(t)
  await s.link({ scope: 'music::catalog' })
  assert.equal((await s.music('GET', '/search?query=a')).status, 200)
  const refused = await s.music('GET', '/playback/sessions/active')
  assert.equal(refused.status, 403)
  assert.equal(refused.at('error', 'code'), 'ACCESS_DENIED')
})

test('an account without music is told where to get it', async (t) => {
  const s = await linkedStage(t)
  s.control.changeAccount({ hasMusicAccount: false })
  const reply = await s.music('GET', '/me')
  assert.equal(reply.status, 403)
  assert.equal(reply.at('error', 'code'), 'AUTH_NO_MUSIC_ACCOUNT_FOUND')
  assert.equal(reply.at('error', 'url'), 'https://music.amazon.com')
})

test('more calls a second than allowed are THROTTLED, and the next second is a new one', async (t) => {
  const s = await linkedStage(t, { tps: 2 })
  const statuses = [await s.music('GET', '/me'), await s.music('GET', '/me'), await s.music('GET', '/me')]
  assert.deepEqual(
    statuses.map(({ status }) => status),
    [200, 200, 429],
  )
  assert.equal(statuses[2]?.at('error', 'code'), 'THROTTLED')
  s.clock.advance(1)
  assert.equal((await s.music('GET', '/me')).status, 200)
})

test('a playback call names the header it misses', async (t) => {
  const s = await linkedStage(t)
  for (const name of ['X-Amzn-Audio-DRMType', 'X-Amzn-Audio-Device-Capability', 'X-Amzn-Device-Id']) {
    const headers = Object.entries(s.musicHeaders()).filter(([header]) => header !== name.toLowerCase())
    const reply = await s.send('GET', '/v1/playback/sessions/active', Object.fromEntries(headers))
    assert.equal(reply.status, 400)
    assert.equal(reply.at('error', 'code'), 'BAD_REQUEST')
    assert.equal(String(reply.at('error', 'message')).includes(name), true)
  }
})
