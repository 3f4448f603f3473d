import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isLoopback, isSecure } from '../../../src/lib/http/secure-url.ts'

test('https is fine anywhere, http on this machine only, and nothing else at all', () => {
  for (const [url, secure] of [
    ['https://api.amazon.com', true],
    ['https://192.168.1.4', true],
    ['http://localhost:8080', true],
    ['http://LOCALHOST', true],
    ['http://sandbox.localhost', true],
    ['http://127.0.0.1', true],
    ['http://127.8.9.1:99', true],
    ['http://2130706433', true],
    ['http://[::1]:80', true],
    ['http://api.amazon.com', false],
    ['http://localhost.evil.com', false],
    ['http://127.0.0.1.evil.com', false],
    ['http://evil.com/localhost', false],
    ['http://localhost@evil.com', false],
    ['http://192.168.1.4', false],
    ['http://[::ffff:127.0.0.1]', false],
    ['http://0.0.0.0', false],
    ['ftp://localhost', false],
    ['file:///etc/passwd', false],
  ] as const) {
    assert.equal(isSecure(new URL(url)), secure, url)
  }
})

test('loopback is judged by the host alone', () => {
  assert.equal(isLoopback(new URL('mqtt://localhost:1883')), true)
  assert.equal(isLoopback(new URL('mqtt://127.0.0.1:1883')), true)
  assert.equal(isLoopback(new URL('mqtt://[::1]:1883')), true)
  assert.equal(isLoopback(new URL('mqtt://broker.lan')), false)
})
