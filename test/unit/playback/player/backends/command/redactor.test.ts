import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Secret } from '../../../../../../src/lib/secret.ts'
import { Redactor } from '../../../../../../src/playback/player/backends/command/redactor.ts'

for (const [said, shown] of [
  ['opening https://h.example/a/b.mpd?sig=1&x=2 now', 'opening https://h.example/… now'],
  ['(https://me:pass@h.example:8443/a)', '(https://h.example:8443/…'],
  ['HTTPS://H.EXAMPLE', 'HTTPS://H.EXAMPLE/…'],
  ['"http://h/a"', '"http://h/…"'],
  ['http://h?key=a#b', 'http://h/…'],
  ['GET /a/b?token=abc&d=e HTTP/1.1', 'GET /a/b?… HTTP/1.1'],
  ['what? nothing = nothing', 'what? nothing = nothing'],
  ['card 0 opened, 48000 Hz', 'card 0 opened, 48000 Hz'],
] as const) {
  test(`${said} is shown as ${shown}`, () => {
    assert.equal(new Redactor().clean(said), shown)
  })
}

test('what streams hold is left out, of the latest ones at least', () => {
  const discretion = new Redactor()
  const stream = (name: string) => ({
    url: new Secret(`https://h/${name}`),
    protocol: undefined,
    format: undefined,
    drm: undefined,
    headers: { a: new Secret(`${name}-header`), short: new Secret('1') },
    licenseHeaders: { b: new Secret(`${name}-licence`) },
  })
  for (let count = 0; count < 8; count++) discretion.tell(stream(`stream${count}`))
  for (let count = 0; count < 8; count++) {
    assert.equal(
      discretion.clean(`a: stream${count}-header, b: stream${count}-licence, 1`),
      'a: [secret], b: [secret], 1',
    )
  }
})

test('a long text is cut', () => {
  assert.equal(new Redactor().clean('x'.repeat(10_000)).length, 500)
})
