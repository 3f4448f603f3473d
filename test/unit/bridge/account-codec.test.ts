import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { AccountState } from '../../../src/account/account-state.ts'
import { encodeAccount, encodeAccountEvent } from '../../../src/bridge/state/account-codec.ts'

test('of a user id only the last six characters are published', () => {
  const userId = 'amzn1.account.ABCDEFGHIJ'
  const state = { state: 'signed_in', linked: true, scopes: [], userId } as unknown as AccountState
  assert.equal(encodeAccount(state)['user_id'], 'EFGHIJ')
  const event = encodeAccountEvent({ type: 'login_succeeded', atEpochMs: 0, userId })
  assert.equal(event['user_id'], 'EFGHIJ')
})
