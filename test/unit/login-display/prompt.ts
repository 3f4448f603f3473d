import type { ShownCode } from '../../../src/account/account-state.ts'

/** A sign-in as Login with Amazon words it. */
export const prompt: ShownCode = {
  userCode: 'BEYHYS',
  verificationUri: 'https://amazon.com/us/code',
  verificationUriComplete: 'https://amazon.com/us/code?cbl-code=BEYHYS',
  expiresAtEpochMs: Date.UTC(2026, 10, 22, 12, 10),
  attempt: 1,
}
