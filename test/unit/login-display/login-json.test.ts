import assert from 'node:assert/strict'
import { test } from 'node:test'

import { decodeLogin, encodeLogin } from '../../../src/login-display/login-json.ts'
import type { LoginState } from '../../../src/account/account-state.ts'
import { prompt } from './prompt.ts'

test('a code that waits is encoded as the contract says', () => {
  assert.deepEqual(encodeLogin({ state: 'awaiting_user', ...prompt }), {
    state: 'awaiting_user',
    user_code: 'BEYHYS',
    verification_uri: 'https://amazon.com/us/code',
    verification_uri_complete: 'https://amazon.com/us/code?cbl-code=BEYHYS',
    expires_at: '2026-11-22T12:10:00.000Z',
    attempt: 1,
  })
})

test('every key is null but the state when no code waits', () => {
  for (const state of ['idle', 'waiting_for_user_action'] as const) {
    assert.deepEqual(encodeLogin({ state }), {
      state,
      user_code: null,
      verification_uri: null,
      verification_uri_complete: null,
      expires_at: null,
      attempt: null,
    })
  }
})

test('only the keys of the contract are encoded, whatever else the caller holds', () => {
  const withSecret = { state: 'awaiting_user', ...prompt, deviceCode: 'canary-device-code' } as const
  assert.doesNotMatch(JSON.stringify(encodeLogin(withSecret)), /canary/)
})

test('what was encoded is decoded to the same', () => {
  const states: readonly LoginState[] = [
    { state: 'awaiting_user', ...prompt },
    { state: 'idle' },
    { state: 'waiting_for_user_action' },
  ]
  for (const state of states) assert.deepEqual(decodeLogin(encodeLogin(state), 'login'), state)
})

test('what is not a sign-in is refused by name', () => {
  for (const [value, path] of [
    [null, 'login'],
    [[], 'login'],
    [{}, 'login.state'],
    [{ state: 'gone' }, 'login.state'],
    [{ state: 'awaiting_user' }, 'login.user_code'],
    [{ ...encodeLogin({ state: 'awaiting_user', ...prompt }), expires_at: 'soon' }, 'login.expires_at'],
  ] as const) {
    assert.throws(
      () => decodeLogin(value, 'login'),
      (error: Error) => error.message.startsWith(`${path}:`),
    )
  }
})
