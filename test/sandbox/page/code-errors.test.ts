import assert from 'node:assert/strict'
import test from 'node:test'
import { stage } from '../sandbox-harness.ts'

test('unknown, expired and used codes are told apart in words', async (t) => {
  const s = await stage(t)
  const [expired, used] = [await s.codePair(), await s.codePair()]
  assert.match((await s.send('GET', '/us/code?cbl-code=NOSUCH')).text, /not known/)
  s.control.approve(used.userCode)
  assert.match((await s.send('GET', `/us/code?cbl-code=${used.userCode}`)).text, /already been answered/)
  s.clock.advance(600)
  assert.match((await s.send('GET', `/us/code?cbl-code=${expired.userCode}`)).text, /has expired/)
})

test('what a client or a link brings along is never markup', async (t) => {
  const s = await stage(t, { clientIds: ['amzn1.application-oa2-client.x'] })
  const evil = '"><script>alert(1)</script>'
  const page = await s.send('GET', `/us/code?cbl-code=${encodeURIComponent(evil)}`)
  assert.doesNotMatch(page.text, /<script/i)
  assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'/)
})
