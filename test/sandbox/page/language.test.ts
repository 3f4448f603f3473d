import assert from 'node:assert/strict'
import test from 'node:test'
import { stage } from '../sandbox-harness.ts'

test('Accept-Language of the code pair picks the language, not that of the browser', async (t) => {
  const s = await stage(t)
  const { userCode } = await s.codePair({}, { 'accept-language': 'de-DE' })
  const page = await s.send('GET', `/us/code?cbl-code=${userCode}`, { 'accept-language': 'fr' })
  assert.match(page.text, /<html lang="de">/)
  assert.match(page.text, /Zulassen/)
  assert.equal(s.control.codes()[0]?.acceptLanguage, 'de-DE')
})

test('before a code is known the browser decides, weights included; unknown languages give English', async (t) => {
  const s = await stage(t)
  const french = await s.send('GET', '/us/code', { 'accept-language': 'xx, de;q=0.4, fr;q=0.8' })
  assert.match(french.text, /<html lang="fr">/)
  assert.match((await s.send('GET', '/us/code', { 'accept-language': 'xx' })).text, /<html lang="en">/)
})
