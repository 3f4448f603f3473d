import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AppError } from '../../../../src/lib/errors.ts'
import type { Evidence } from '../../../../src/amazon-music/routes/routes.ts'
import { decodeServiceError, type ServiceError } from '../../../../src/amazon-music/decode/error.ts'

function decode(status: number, body: unknown, evidence: Evidence = 'documented'): ServiceError {
  return decodeServiceError({
    operation: 'getNextTracks',
    evidence,
    scope: 'music::playback',
    status,
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    retryAfterMs: undefined,
  })
}

const envelope = (code: string): object => ({ error: { status: '400', code, message: 'Words' } })

// Every code of API_web_errors and API_web_errors_v2, and those reported by third parties.
for (const [status, serviceCode, code] of [
  [400, 'BAD_REQUEST', 'music/bad-request'],
  [401, 'INVALID_AUTH_TYPE', 'music/unauthorized'],
  [401, 'INVALID_AUTH_TOKEN', 'music/unauthorized'],
  [401, 'INVALID_ACCESS_TOKEN', 'music/unauthorized'],
  [401, 'NO_ACCESS_TOKEN', 'music/unauthorized'],
  [401, 'UNAUTHORIZED', 'music/unauthorized'],
  [401, 'MISSING_DEVICE_ID', 'music/bad-request'],
  [401, 'INVALID_CLIENT_ID', 'music/api-key'],
  [403, 'NO_X_API_KEY', 'music/api-key'],
  [403, 'AUTH_NO_MUSIC_ACCOUNT_FOUND', 'music/no-account'],
  [403, 'NO_MUSIC_ACCOUNT_FOUND', 'music/no-account'],
  [403, 'DENIED_SUBSCRIPTION_TIER', 'music/subscription'],
  [403, 'FORBIDDEN', 'music/forbidden'],
  [403, 'ACCESS_DENIED', 'music/forbidden'],
  [404, 'RESOURCE_NOT_FOUND', 'music/not-found'],
  [404, 'NOT_FOUND', 'music/not-found'],
  [404, 'NO_MORE_NEXT_ENTITY', 'playback/end-of-queue'],
  [404, 'NO_MORE_PREVIOUS_ENTITY', 'playback/end-of-queue'],
  [422, 'MAX_CONCURRENCY_REACHED', 'music/max-concurrency'],
  [429, 'MAX_CONCURRENCY_REACHED', 'music/max-concurrency'],
  [429, 'THROTTLED', 'music/throttled'],
  [500, 'INTERNAL', 'music/unavailable'],
  [502, 'DEPENDENCY', 'music/unavailable'],
] as const) {
  test(`${status} ${serviceCode} is ${code}`, () => {
    const { error } = decode(status, envelope(serviceCode))
    assert.equal(error.code, code)
    assert.equal(error.message, 'Words')
    assert.equal(error.facts['serviceCode'], serviceCode)
    assert.equal(error.facts['status'], status)
  })
  test(`${serviceCode} counts, not the status it comes with`, () => {
    // A status that has another code of its own.
    const other = code === 'music/bad-request' ? 500 : 418
    assert.notEqual(decode(other, {}).error.code, code)
    assert.equal(decode(other, envelope(serviceCode)).error.code, code)
  })
}

for (const [status, evidence, code] of [
  [400, 'documented', 'music/bad-request'],
  [401, 'documented', 'music/unauthorized'],
  [403, 'documented', 'music/forbidden'],
  [404, 'documented', 'music/not-found'],
  [404, 'reported', 'music/route'],
  [404, 'inferred', 'music/route'],
  [405, 'inferred', 'music/route'],
  [405, 'documented', 'music/route'],
  [408, 'documented', 'music/unavailable'],
  [409, 'documented', 'music/bad-request'],
  [422, 'documented', 'music/bad-request'],
  [429, 'documented', 'music/throttled'],
  [500, 'documented', 'music/unavailable'],
  [503, 'inferred', 'music/unavailable'],
  [302, 'documented', 'net/answer'],
] as const) {
  for (const body of [
    '',
    '<html>no</html>',
    '{"message":"Not Found"}',
    '[]',
    '{"error":"no"}',
    envelopeOf('constructor'),
  ]) {
    const own = body.includes('constructor')
    if (own && code === 'music/route' && status === 404) continue
    test(`${status} with ${body === '' ? 'no body' : body} on a ${evidence} route is ${code}`, () => {
      const { error } = decode(status, body, evidence)
      assert.equal(error.code, code)
      assert.ok(error.message.length > 0, `error.message.length > 0: ${error.message.length}`)
    })
  }
}

function envelopeOf(code: string): string {
  return JSON.stringify(envelope(code))
}

test('an inferred route that answers with a code of the service is there', () => {
  assert.equal(decode(404, envelope('RESOURCE_NOT_FOUND'), 'inferred').error.code, 'music/not-found')
  assert.equal(decode(404, envelope('SESSION_GONE'), 'inferred').error.code, 'music/not-found')
})

test('everything the service explains is kept', () => {
  const { error } = decode(403, {
    error: {
      status: '403',
      code: 'AUTH_NO_MUSIC_ACCOUNT_FOUND',
      message: 'Kein Amazon Music gefunden',
      url: 'https://music.amazon.com',
      reference: '0f00-11aa',
      traceId: '1-aaa-bbb',
      payload: { internalCode: 'X17' },
    },
  })
  assert.ok(error instanceof AppError, 'error instanceof AppError')
  assert.equal(error.message, 'Kein Amazon Music gefunden')
  assert.equal(error.url, 'https://music.amazon.com')
  assert.deepEqual(error.facts, {
    operation: 'getNextTracks',
    status: 403,
    serviceCode: 'AUTH_NO_MUSIC_ACCOUNT_FOUND',
    reference: '0f00-11aa',
    traceId: '1-aaa-bbb',
    internalCode: 'X17',
  })
})

test('a refusal names the scope it may be about', () => {
  assert.equal(decode(403, envelope('ACCESS_DENIED')).error.facts['scope'], 'music::playback')
})

test('a refusal because of skips is the skip limit', () => {
  const body = { error: { code: 'ACCESS_DENIED', message: 'No', payload: { internalCode: 'NO_MORE_SKIPS' } } }
  assert.equal(decode(403, body).error.code, 'playback/skip-limit')
})

test('an address that is no web page is not shown to the user', () => {
  const body = { error: { code: 'BAD_REQUEST', message: 'No', url: 'javascript:alert(1)' } }
  assert.equal(decode(400, body).error.url, undefined)
})

test('a very long message is cut', () => {
  assert.equal(
    decode(400, { error: { code: 'BAD_REQUEST', message: 'x'.repeat(5000) } }).error.message.length,
    500,
  )
})

for (const [status, body, stale] of [
  [401, envelope('INVALID_ACCESS_TOKEN'), true],
  [401, envelope('NO_ACCESS_TOKEN'), true],
  [401, envelope('UNAUTHORIZED'), true],
  [401, {}, true],
  [401, envelope('INVALID_AUTH_TYPE'), false],
  [401, envelope('NO_X_API_KEY'), false],
  [401, envelope('A_CODE_OF_TOMORROW'), true],
  [401, envelope('INVALID_CLIENT_ID'), false],
  [403, {}, false],
  [403, envelope('ACCESS_DENIED'), false],
  [403, envelope('A_CODE_OF_TOMORROW'), false],
  [403, envelope('EXPIRED_TOKEN'), true],
  [403, envelope('INVALID_ACCESS_TOKEN'), true],
  [403, { message: 'The security token included in the request is expired' }, true],
  [403, { message: 'Access Token has expired' }, true],
  [403, { error: { code: 'FORBIDDEN', message: 'Your token is no longer valid.' } }, true],
  [403, { error: { code: 'FORBIDDEN', message: 'Loop is not available for this queue' } }, false],
  [403, { error: { code: 'NO_X_API_KEY', message: 'invalid token' } }, false],
  [404, { message: 'Access Token has expired' }, false],
] as const) {
  test(`a new token ${stale ? 'may' : 'cannot'} cure ${status} ${JSON.stringify(body)}`, () => {
    assert.equal(decode(status, body).staleToken, stale)
  })
}

test('a 403 whose challenge names an invalid token may be cured by a new one', () => {
  const body = Buffer.from('<html>')
  const answer = {
    operation: 'o',
    evidence: 'documented',
    scope: 's',
    status: 403,
    body,
    retryAfterMs: undefined,
  } as const
  const stale = (challenge: string): boolean => decodeServiceError({ ...answer, challenge }).staleToken
  assert.equal(stale('Bearer realm="a", error="invalid_token"'), true)
  assert.equal(stale('Bearer error="insufficient_scope"'), false)
})
