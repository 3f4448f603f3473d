import assert from 'node:assert/strict'
import { test } from 'node:test'

import { errorCodes, type ErrorCode } from '../../../src/lib/error-codes.ts'
import { AppError, toAppError } from '../../../src/lib/errors.ts'

test('every code reads area/what and says cause and remedy in whole sentences', () => {
  for (const [code, { cause, remedy }] of Object.entries(errorCodes)) {
    assert.match(code, /^[a-z]+\/[a-z]+(-[a-z]+)*$/)
    for (const text of [cause, remedy])
      assert.match(text, /^[A-Za-z].*[.]$|lists them\.$/s, `${code}: ${text}`)
  }
})

test('only trouble that may pass by itself is retryable', () => {
  for (const [code, { kind }] of Object.entries(errorCodes)) {
    const { retryable } = new AppError(code as ErrorCode, '')
    assert.equal(retryable, kind === 'unavailable' || kind === 'throttled', code)
  }
})

test('an error of ours stays what it is, any other becomes a fault of ours that says what it was', () => {
  const own = new AppError('net/dns', 'name', { retryAfterMs: 5, facts: { host: 'h' } })
  assert.equal(toAppError(own), own)
  assert.equal(toAppError(new TypeError('x is not a function')).code, 'internal/fault')
  assert.match(toAppError(new TypeError('x is not a function')).message, /TypeError: x is not a function/)
  for (const odd of [undefined, null, 'text', 7, Symbol('s'), {}, Object.create(null)]) {
    assert.equal(toAppError(odd).code, 'internal/fault')
  }
})
