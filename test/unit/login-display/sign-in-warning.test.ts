import assert from 'node:assert/strict'
import { test } from 'node:test'

import { signInWords } from '../../../src/login-display/words.ts'

test('what the user should know before they sign in stands with the code, and nothing does where all is well', () => {
  const code = {
    userCode: 'BEYHYS',
    verificationUri: 'https://amazon.com/us/code',
    verificationUriComplete: 'https://amazon.com/us/code?cbl-code=BEYHYS',
    expiresAtEpochMs: 0,
    attempt: 1,
  }
  const warned = signInWords({ ...code, warning: 'the sign-in will be\u001b[2J lost' }, 600_000, true)
  assert.equal(warned.at(-1), 'Warning: the sign-in will be[2J lost')
  assert.doesNotMatch(signInWords(code, 600_000, true).join('\n'), /Warning/)
})
