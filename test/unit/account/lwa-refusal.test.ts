import assert from 'node:assert/strict'
import { test } from 'node:test'

import { classifyRefusal, type LwaStep } from '../../../src/account/lwa-refusal.ts'

type Row = readonly [
  steps: readonly LwaStep[],
  status: number,
  body: string | { error?: unknown; error_description?: string },
  kind: string,
  code: string,
]

const all: readonly LwaStep[] = ['codePair', 'poll', 'firstRefresh', 'refresh', 'profile']
const refreshes: readonly LwaStep[] = ['firstRefresh', 'refresh']

const rows: readonly Row[] = [
  // No OAuth body: nothing may end because of it.
  [all, 500, { error: 'ServerError' }, 'transient', 'account/unavailable'],
  [all, 500, { error: 'servererror' }, 'transient', 'account/unavailable'],
  [all, 400, { error: 'ServerError' }, 'transient', 'account/unavailable'],
  [all, 400, { error: 'temporarily_unavailable' }, 'transient', 'account/unavailable'],
  [all, 503, '', 'transient', 'account/unavailable'],
  [all, 429, { error: 'invalid_request' }, 'transient', 'account/unavailable'],
  [all, 408, '', 'transient', 'account/unavailable'],
  [all, 502, '<html>Bad Gateway</html>', 'transient', 'account/unavailable'],
  [all, 503, { error: 'invalid_grant' }, 'transient', 'account/unavailable'],
  [all, 400, '', 'transient', 'account/unavailable'],
  [all, 400, '"invalid_grant"', 'transient', 'account/unavailable'],
  [all, 400, '{"error":"inval', 'transient', 'account/unavailable'],
  [all, 400, { error: 7 }, 'transient', 'account/unavailable'],
  [all, 400, { error: '' }, 'transient', 'account/unavailable'],
  [all, 403, '{"message":"Forbidden"}', 'transient', 'account/unavailable'],
  [all, 404, '<html>log in to the hotel network</html>', 'transient', 'account/unavailable'],
  [all, 302, { error: 'invalid_grant' }, 'transient', 'account/unavailable'],

  // CODE page.
  [['codePair'], 400, { error: 'invalid_request' }, 'configuration', 'account/request'],
  [['codePair'], 400, { error: 'unauthorized_client' }, 'configuration', 'account/client'],
  [
    ['codePair'],
    400,
    { error: 'InvalidValue', error_description: 'The request has an invalid parameter : client_id' },
    'configuration',
    'account/client',
  ],
  [['codePair'], 400, { error: 'InvalidValue' }, 'configuration', 'account/request'],
  [['codePair'], 400, { error: 'invalid_scope' }, 'configuration', 'account/scope'],
  [
    ['codePair'],
    400,
    { error: 'invalid_request', error_description: 'An unknown scope was requested' },
    'configuration',
    'account/scope',
  ],
  [['codePair'], 400, { error: 'unsupported_grant_type' }, 'configuration', 'account/request'],
  [['codePair'], 400, { error: 'a_code_of_tomorrow' }, 'unnamed', 'account/unnamed'],
  [['codePair'], 400, { error: 'constructor' }, 'unnamed', 'account/unnamed'],
  [['codePair'], 403, { error: 'Forbidden' }, 'unnamed', 'account/unnamed'],

  // TOKEN page, polling.
  [['poll'], 400, { error: 'authorization_pending' }, 'pending', 'account/signed-out'],
  [['poll'], 400, { error: 'Authorization_Pending' }, 'pending', 'account/signed-out'],
  [['poll'], 400, { error: 'slow_down' }, 'slow_down', 'account/unavailable'],
  [['poll'], 429, { error: 'slow_down' }, 'slow_down', 'account/unavailable'],
  [['poll'], 400, { error: 'invalid_code_pair' }, 'expired', 'account/code-expired'],
  [['poll'], 400, { error: 'expired_token' }, 'expired', 'account/code-expired'],
  [['poll'], 400, { error: 'invalid_grant' }, 'expired', 'account/code-expired'],
  [['poll'], 400, { error: 'access_denied' }, 'denied', 'account/denied'],
  [['poll'], 403, { error: 'access_denied' }, 'denied', 'account/denied'],
  [['poll'], 400, { error: 'invalid_request' }, 'configuration', 'account/request'],
  [['poll'], 400, { error: 'invalid_client' }, 'configuration', 'account/client'],
  [['poll'], 401, { error: 'invalid_client' }, 'configuration', 'account/client'],
  [['poll'], 400, { error: 'unauthorized_client' }, 'configuration', 'account/client'],
  [['poll'], 400, { error: 'unsupported_grant_type' }, 'configuration', 'account/request'],
  [['poll'], 400, { error: 'a_code_of_tomorrow' }, 'configuration', 'account/request'],

  // TOKEN page, refresh.
  [refreshes, 400, { error: 'invalid_grant' }, 'definitive', 'account/revoked'],
  [refreshes, 400, { error: 'INVALID_GRANT' }, 'definitive', 'account/revoked'],
  [['refresh'], 400, { error: 'unauthorized_client' }, 'definitive', 'account/revoked'],
  [['firstRefresh'], 400, { error: 'unauthorized_client' }, 'configuration', 'account/client'],
  [refreshes, 401, { error: 'invalid_client' }, 'configuration', 'account/client'],
  [['firstRefresh'], 400, { error: 'invalid_request' }, 'configuration', 'account/client'],
  [
    ['refresh'],
    400,
    {
      error: 'invalid_request',
      error_description: 'The request is missing a required parameter : client_secret',
    },
    'configuration',
    'account/client',
  ],
  [
    ['refresh'],
    400,
    { error: 'invalid_request', error_description: 'Malformed request' },
    'configuration',
    'account/request',
  ],
  [refreshes, 400, { error: 'unsupported_grant_type' }, 'configuration', 'account/request'],
  [refreshes, 400, { error: 'invalid_scope' }, 'configuration', 'account/scope'],
  [['refresh'], 400, { error: 'invalid_request' }, 'configuration', 'account/request'],
  [refreshes, 403, { error: 'Forbidden' }, 'unnamed', 'account/unnamed'],
  [refreshes, 400, { error: 'a_code_of_tomorrow' }, 'unnamed', 'account/unnamed'],
  [refreshes, 400, { error: 'constructor' }, 'unnamed', 'account/unnamed'],
  [refreshes, 401, { error: 'invalid_token' }, 'unnamed', 'account/unnamed'],
  [refreshes, 400, { error: 'authorization_pending' }, 'unnamed', 'account/unnamed'],

  // PROFILE page.
  [['profile'], 403, { error: 'insufficient_scope' }, 'configuration', 'account/scope'],
  [['profile'], 401, { error: 'invalid_token' }, 'configuration', 'account/request'],
  [['profile'], 403, { error: 'Forbidden' }, 'unnamed', 'account/unnamed'],
]

for (const [steps, status, body, kind, code] of rows) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  for (const step of steps) {
    test(`${step}: ${status} ${text} is ${kind}, ${code}`, () => {
      const refusal = classifyRefusal(step, { status, body: text, retryAfterMs: undefined })
      assert.equal(refusal.kind, kind)
      assert.equal(refusal.error.code, code)
    })
  }
}

test('the wait that the server asked for goes with the error', () => {
  const { error } = classifyRefusal('refresh', { status: 503, body: '', retryAfterMs: 7_000 })
  assert.equal(error.retryAfterMs, 7_000)
})

test("a web client's id is explained in words at the first refresh", () => {
  const body = '{"error":"invalid_request","error_description":"Something vague"}'
  const { error } = classifyRefusal('firstRefresh', { status: 400, body, retryAfterMs: undefined })
  assert.match(error.message, /the sign-in worked.*client secret/)
  assert.match(error.remedy, /A2M_LWA_CLIENT_ID/)
})

test('neither control characters nor a long word of the server reach the message', () => {
  const token = 'Atzr|' + 'x'.repeat(380)
  const body = JSON.stringify({ error: 'invalid_grant', error_description: `\u001b[31mbad ${token}\nhere` })
  const { error } = classifyRefusal('refresh', { status: 400, body, retryAfterMs: undefined })
  assert.equal(error.message, 'Login with Amazon answered 400 invalid_grant: [31mbad […] here')
})
