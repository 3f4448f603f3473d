import assert from 'node:assert/strict'
import { test } from 'node:test'

import {
  decodeCodePair,
  decodeFirstTokenGrant,
  decodeTokenGrant,
  decodeUserId,
  encodeCodePairRequest,
  encodePollRequest,
  encodeProfileRequest,
  encodeRefreshRequest,
} from '../../../src/account/lwa-wire.ts'
import { Secret } from '../../../src/lib/secret.ts'

const base = new URL('https://api.amazon.com/')
const pairBody = {
  user_code: 'BEYHYS',
  device_code: 'd1e4836b-2799-4294-9379-0025b37ec06c',
  verification_uri: 'https://amazon.com/us/code',
  expires_in: 600,
  interval: 30,
}
const grantBody = {
  access_token: 'Atza|a',
  refresh_token: 'Atzr|r',
  token_type: 'bearer',
  expires_in: 3600,
}

/** A request as it goes out, its secrets opened. */
function opened(values: Readonly<Record<string, string | Secret>> | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values ?? {}).map(([name, value]) => [
      name,
      value instanceof Secret ? value.reveal() : value,
    ]),
  )
}

test('a code pair is asked for with exactly the documented parameters and a language', () => {
  const request = encodeCodePairRequest(base, 'amzn1.application-oa2-client.1', ['a', 'b:c'], 'de-DE')
  assert.equal(request.method, 'POST')
  assert.equal(request.url.href, 'https://api.amazon.com/auth/o2/create/codepair')
  assert.deepEqual(request.headers, { 'accept-language': 'de-DE' })
  assert.deepEqual(request.form, {
    response_type: 'device_code',
    client_id: 'amzn1.application-oa2-client.1',
    scope: 'a b:c',
  })
})

test('a poll sends device code and user code, and no client id', () => {
  const request = encodePollRequest(base, decodeCodePair(JSON.stringify(pairBody), base))
  assert.equal(request.url.href, 'https://api.amazon.com/auth/o2/token')
  assert.equal(request.headers, undefined)
  assert.deepEqual(opened(request.form), {
    grant_type: 'device_code',
    device_code: pairBody.device_code,
    user_code: 'BEYHYS',
  })
})

test('a refresh sends the client id and no secret of a client', () => {
  const request = encodeRefreshRequest(base, 'client', new Secret('Atzr|r'))
  assert.equal(request.url.href, 'https://api.amazon.com/auth/o2/token')
  assert.equal(request.headers, undefined)
  assert.deepEqual(opened(request.form), {
    grant_type: 'refresh_token',
    refresh_token: 'Atzr|r',
    client_id: 'client',
  })
})

test('the profile is asked for with the token in a header and not in the address', () => {
  const request = encodeProfileRequest(base, new Secret('Atza|a'))
  assert.equal(request.url.href, 'https://api.amazon.com/user/profile')
  assert.deepEqual(opened(request.headers), { authorization: 'Bearer Atza|a' })
})

test('a code pair is decoded, seconds to milliseconds', () => {
  const { deviceCode, ...rest } = decodeCodePair(JSON.stringify(pairBody), base)
  assert.equal(deviceCode.reveal(), pairBody.device_code)
  assert.deepEqual(rest, {
    userCode: 'BEYHYS',
    verificationUri: 'https://amazon.com/us/code',
    verificationUriComplete: 'https://amazon.com/us/code?cbl-code=BEYHYS',
    lifetimeMs: 600_000,
    intervalMs: 30_000,
  })
})

test('a missing interval is 5 seconds', () => {
  const body = JSON.stringify({ ...pairBody, interval: undefined })
  assert.equal(decodeCodePair(body, base).intervalMs, 5_000)
})

const dayMs = 86_400_000
const written = (change: object, numbers: Readonly<Record<string, string>>): string =>
  Object.entries(numbers).reduce(
    (text, [name, number]) => text.replace(new RegExp(`"${name}":[^,}]*`), `"${name}":${number}`),
    JSON.stringify(change),
  )

for (const [number, lifetimeMs] of [
  ['"600"', 600_000],
  ['" 600 "', 600_000],
  ['0.5', 500],
  ['1e300', dayMs],
  ['99999999999999999999', dayMs],
] as const) {
  test(`a code that expires_in ${number} is one for ${lifetimeMs} ms`, () => {
    assert.equal(decodeCodePair(written(pairBody, { expires_in: number }), base).lifetimeMs, lifetimeMs)
  })
}

for (const [number, intervalMs] of [
  ['"30"', 30_000],
  ['0', 0],
  ['-7', 5_000],
  ['"often"', 5_000],
  ['null', 5_000],
  ['{}', 5_000],
  ['1e300', 600_000],
  ['1e999', 5_000],
] as const) {
  test(`an interval of ${number} is ${intervalMs} ms`, () => {
    assert.equal(decodeCodePair(written(pairBody, { interval: number }), base).intervalMs, intervalMs)
  })
}

// Refused, the answer would take the code, or a rotated refresh token, with it.
for (const [number, lifetimeMs] of [
  ['"3600"', 3_600_000],
  ['"7200"', 7_200_000],
  ['0', 3_600_000],
  ['-1', 3_600_000],
  ['null', 3_600_000],
  ['"an hour"', 3_600_000],
  ['1e300', dayMs],
  ['1e999', 3_600_000],
] as const) {
  test(`a token that expires_in ${number} is one for ${lifetimeMs} ms`, () => {
    assert.equal(decodeTokenGrant(written(grantBody, { expires_in: number })).lifetimeMs, lifetimeMs)
  })
}

test('scopes of an unexpected form do not cost the token', () => {
  const scopes = (scope: unknown): unknown => decodeTokenGrant(JSON.stringify({ ...grantBody, scope })).scopes
  assert.deepEqual(scopes(['a', 'b']), ['a', 'b'])
  assert.equal(scopes(7), undefined)
  assert.equal(scopes({}), undefined)
})

const badPairs: readonly object[] = [
  { user_code: undefined },
  { user_code: '' },
  { user_code: 'A\u001b[2J' },
  { user_code: 'A'.repeat(129) },
  { device_code: undefined },
  { device_code: 'line\nfeed' },
  { verification_uri: undefined },
  { verification_uri: 'https://evil.example/' },
  { expires_in: 0 },
  { expires_in: undefined },
  { expires_in: 'soon' },
]
for (const change of badPairs) {
  test(`a code pair with ${JSON.stringify(change)} is an answer that cannot be used`, () => {
    const body = JSON.stringify({ ...pairBody, ...Object.fromEntries(Object.entries(change)) })
    assert.throws(() => decodeCodePair(body, base), { code: 'net/answer' })
  })
}

for (const word of ['bearer', 'Bearer', 'BEARER']) {
  test(`token type ${word} is accepted`, () => {
    const grant = decodeTokenGrant(JSON.stringify({ ...grantBody, token_type: word }))
    assert.equal(grant.accessToken.reveal(), 'Atza|a')
    assert.equal(grant.refreshToken?.reveal(), 'Atzr|r')
    assert.equal(grant.lifetimeMs, 3_600_000)
    assert.equal(grant.scopes, undefined)
  })
}

for (const refresh_token of [undefined, null, '']) {
  test(`a refresh answer whose refresh token is ${JSON.stringify(refresh_token)} has none`, () => {
    assert.equal(decodeTokenGrant(JSON.stringify({ ...grantBody, refresh_token })).refreshToken, undefined)
  })

  test(`a first answer whose refresh token is ${JSON.stringify(refresh_token)} cannot be used`, () => {
    const body = JSON.stringify({ ...grantBody, refresh_token })
    assert.throws(() => decodeFirstTokenGrant(body), { code: 'net/answer' })
  })
}

test('scopes that the answer names are taken, an empty list is not', () => {
  assert.deepEqual(decodeTokenGrant(JSON.stringify({ ...grantBody, scope: 'a b' })).scopes, ['a', 'b'])
  assert.equal(decodeTokenGrant(JSON.stringify({ ...grantBody, scope: '' })).scopes, undefined)
})

const badGrants: readonly object[] = [
  { access_token: undefined },
  { access_token: '' },
  { access_token: 'with space' },
  { token_type: 'mac' },
  { token_type: undefined },
  { refresh_token: 7 },
]
for (const change of badGrants) {
  test(`a token answer with ${JSON.stringify(change)} cannot be used`, () => {
    const body = JSON.stringify({ ...grantBody, ...Object.fromEntries(Object.entries(change)) })
    assert.throws(() => decodeTokenGrant(body), { code: 'net/answer' })
  })
}

test('what cannot be decoded never quotes the answer', () => {
  assert.throws(
    () => decodeTokenGrant('{"access_token":"Atza|canary'),
    (error: Error) => !error.message.includes('canary'),
  )
})

test('the user id is read from the profile', () => {
  assert.equal(decodeUserId('{"user_id":"amzn1.account.K2","name":"x"}'), 'amzn1.account.K2')
  assert.throws(() => decodeUserId('{}'), { code: 'net/answer' })
})
