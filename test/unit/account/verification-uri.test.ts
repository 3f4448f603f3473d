import assert from 'node:assert/strict'
import { test } from 'node:test'

import { decodeVerificationUri, withUserCode } from '../../../src/account/verification-uri.ts'

const amazon = new URL('https://api.amazon.com')

const accepted: readonly (readonly [text: string, href: string])[] = [
  ['https://amazon.com/us/code', 'https://amazon.com/us/code'],
  ['https://www.amazon.co.uk/code', 'https://www.amazon.co.uk/code'],
  ['https://amazon.de/code?lang=de', 'https://amazon.de/code?lang=de'],
  ['https://amazon.co.jp/code', 'https://amazon.co.jp/code'],
  ['https://amazon.com/us/\u001b]0;hi\u0007code\n', 'https://amazon.com/us/]0;hicode'],
  ['http://127.0.0.1:8080/us/code', 'http://127.0.0.1:8080/us/code'],
]
for (const [text, href] of accepted) {
  test(`${JSON.stringify(text)} is shown as ${href}`, () => {
    assert.equal(decodeVerificationUri(text, amazon).href, href)
  })
}

const refused = [
  'amazon.com/us/code',
  'http://amazon.com/us/code',
  'javascript:alert(1)',
  'https://amazon.com.evil.example/us/code',
  'https://notamazon.com/us/code',
  'https://amazon.zip/us/code',
  'https://amazon.com@evil.example/us/code',
  'https://user@amazon.com/us/code',
  'https://:pw@amazon.com/us/code',
  'https://user:pw@amazon.com/us/code',
  'ftp://amazon.com/us/code',
  'https://amazon.com.mx.evil.example/us/code',
  'https://192.168.1.5/us/code',
  'https://evil.example/amazon.com',
]
for (const text of refused) {
  test(`${text} is not shown`, () => {
    assert.throws(() => decodeVerificationUri(text, amazon), { code: 'net/answer' })
  })
}

test('the host the code came from may also show the page', () => {
  const proxy = new URL('https://lwa.house.example')
  assert.equal(decodeVerificationUri('https://lwa.house.example/code', proxy).hostname, proxy.hostname)
})

test("a sandbox on this machine may name the machine's address in the house", () => {
  const uri = decodeVerificationUri('http://192.168.1.5:8080/us/code', new URL('http://127.0.0.1:8080'))
  assert.equal(uri.href, 'http://192.168.1.5:8080/us/code')
})

test('the user code rides in the address as cbl-code', () => {
  assert.equal(
    withUserCode(new URL('https://amazon.com/us/code'), 'BEYHYS'),
    'https://amazon.com/us/code?cbl-code=BEYHYS',
  )
  assert.equal(
    withUserCode(new URL('https://amazon.com/us/code?a=b'), 'A B&C'),
    'https://amazon.com/us/code?a=b&cbl-code=A+B%26C',
  )
})

test('a page on the network is no page of Amazon, unless the sandbox is on this machine', () => {
  assert.throws(() => decodeVerificationUri('http://192.168.1.5:8080/us/code', amazon), {
    code: 'net/answer',
  })
  const sandbox = new URL('http://127.0.0.1:8080')
  assert.throws(() => decodeVerificationUri('javascript:alert(1)', sandbox), { code: 'net/answer' })
  assert.throws(() => decodeVerificationUri('http://:pw@127.0.0.1:8080/us/code', sandbox), {
    code: 'net/answer',
  })
})
