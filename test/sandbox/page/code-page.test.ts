import assert from 'node:assert/strict'
import test from 'node:test'
import { stage, type Pair, type Stage } from '../sandbox-harness.ts'

async function answer(s: Stage, { userCode }: Pair, more: Record<string, string>) {
  const page = await s.send('GET', `/us/code?cbl-code=${userCode}`)
  const token = /name="form_token" value="([0-9a-f]+)"/.exec(page.text)?.[1] ?? ''
  return s.form('/us/code', { 'cbl-code': userCode, form_token: token, ...more })
}

test('the page shows code, client and scopes, and Allow links the device', async (t) => {
  const s = await stage(t)
  const pair = await s.codePair()
  const page = await s.send('GET', `/us/code?cbl-code=${pair.userCode}`)
  for (const shown of [
    pair.userCode,
    'amzn1.application-oa2-client.',
    'music::playback',
    'viewport',
    'not Amazon',
  ]) {
    assert.ok(page.text.includes(shown), shown)
  }
  assert.doesNotMatch(page.text, new RegExp(pair.deviceCode))
  const done = await answer(s, pair, { decision: 'allow', account: 'ben' })
  assert.match(done.text, /return to your device/)
  s.clock.advance(30)
  const tokens = await s.poll(pair)
  const profile = await s.send('GET', '/user/profile', {
    authorization: `Bearer ${String(tokens.at('access_token'))}`,
  })
  assert.equal(profile.at('name'), 'Ben Sandbox')
})

test('Deny ends the linking', async (t) => {
  const s = await stage(t)
  const pair = await s.codePair()
  assert.match((await answer(s, pair, { decision: 'deny' })).text, /You said no/)
  assert.equal((await s.poll(pair)).at('error'), 'access_denied')
})

test('without a code the page asks for one, and takes it in small letters with a dash', async (t) => {
  const s = await stage(t)
  const { userCode } = await s.codePair()
  assert.match((await s.send('GET', '/us/code')).text, /name="cbl-code"/)
  assert.equal((await s.send('GET', '/')).headers.get('location'), '/us/code')
  const typed = `${userCode.slice(0, 3)}-${userCode.slice(3)}`.toLowerCase()
  assert.equal((await s.send('GET', `/us/code?cbl-code=${typed}`)).text.includes(userCode), true)
})

test('a form from another page changes nothing', async (t) => {
  const s = await stage(t)
  const pair = await s.codePair()
  const forged = await s.form('/us/code', {
    'cbl-code': pair.userCode,
    decision: 'allow',
    form_token: 'guess',
  })
  assert.equal(forged.status, 403)
  assert.equal(s.control.codes()[0]?.state, 'pending')
})
