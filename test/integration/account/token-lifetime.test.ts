import assert from 'node:assert/strict'
import { test } from 'node:test'

import { device } from './signed-in-device.ts'

const { signal } = new AbortController()

/** A 200 of the token endpoint whose life is written as `expiresIn`, JSON. */
function grant(expiresIn: string): { status: number; body: string; headers: Record<string, string> } {
  const body = `{"access_token":"Atza|odd","refresh_token":"Atzr|odd","token_type":"bearer","expires_in":${expiresIn}}`
  return { status: 200, body, headers: { 'content-type': 'application/json' } }
}

test('a sign-in whose token is said to live for ever is one, now and after a restart', async (t) => {
  const { clock, sandbox, start } = await device(t)
  const life = start()
  await life.until(() => life.account.state.state === 'awaiting_user')
  for (let answer = 0; answer < 2; answer++) {
    sandbox.control.fault({ path: '/auth/o2/token', ...grant('1e300') })
  }
  await life.drive(() => life.account.state.state === 'signed_in')
  assert.equal(life.account.state.tokenExpiresAtEpochMs, clock.epochMs() + 86_400_000)
  await life.stop()

  sandbox.control.fault({ path: '/auth/o2/token', ...grant('1e300') })
  const next = start()
  assert.equal((await next.account.tokens.get(signal)).reveal(), 'Atza|odd')
  await next.until(() => next.account.state.state === 'signed_in')
  // Renewed in a day, not never.
  await clock.untilSleeping()
  assert.ok(Math.max(...clock.sleeps) < 86_400_000, 'Math.max(...clock.sleeps) < 86_400_000')
})

test('a life in digits as a text does not cost the code that the answer has used up', async (t) => {
  const { clock, sandbox, start } = await device(t)
  const life = start()
  await life.until(() => life.account.state.state === 'awaiting_user')
  for (let answer = 0; answer < 2; answer++) {
    sandbox.control.fault({ path: '/auth/o2/token', ...grant('"3600"') })
  }
  await life.drive(() => life.account.state.state === 'signed_in')
  assert.equal(sandbox.control.codes().length, 1)
  assert.equal(life.account.state.tokenExpiresAtEpochMs, clock.epochMs() + 3_600_000)
})
