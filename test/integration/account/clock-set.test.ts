import assert from 'node:assert/strict'
import { test } from 'node:test'

import { eventually, turn } from '../../support/eventually.ts'
import { device } from './signed-in-device.ts'

const { signal } = new AbortController()

test('the times that are shown move with the wall clock', async (t) => {
  const { clock, sandbox, start } = await device(t)
  const life = start()
  await life.until(() => life.account.state.state === 'awaiting_user')
  const { login } = life.account.state
  assert.equal(login.state, 'awaiting_user')
  life.account.clockSet(5_000)
  assert.deepEqual(life.account.state.login, { ...login, expiresAtEpochMs: login.expiresAtEpochMs + 5_000 })

  sandbox.control.approve()
  await life.drive(() => life.account.state.state === 'signed_in')
  await clock.untilSleeping()
  const { tokenExpiresAtEpochMs = 0, refreshedAtEpochMs = 0 } = life.account.state
  life.account.clockSet(-7_000)
  assert.equal(life.account.state.tokenExpiresAtEpochMs, tokenExpiresAtEpochMs - 7_000)
  assert.equal(life.account.state.refreshedAtEpochMs, refreshedAtEpochMs - 7_000)
})

test('a clock that is set tries at once what the network refused, and nothing else', async (t) => {
  const { clock, sandbox, signIn, refreshes } = await device(t)
  const life = await signIn()
  sandbox.control.fault({ path: '/auth/o2/token', status: 503, headers: { 'retry-after': '300' } })
  life.account.tokens.reject(await life.account.tokens.get(signal))
  await life.until(() => life.account.state.state === 'refresh_failing')
  const before = refreshes()
  life.account.clockSet(5_000)
  // Longer than an answer takes: the refusal was the server's, and it named its time.
  await clock.untilSleeping()
  await clock.advance(299_000)
  assert.equal(refreshes(), before)
  await clock.advance(1_000)
  await life.until(() => life.account.state.state === 'signed_in')

  sandbox.control.fault({ path: '/auth/o2/token', drop: 'before', times: 6 })
  await clock.untilSleeping()
  await clock.advance(60_000)
  life.account.tokens.reject(await life.account.tokens.get(signal))
  await life.drive(() => refreshes() === before + 1 + 6)
  await life.until(() => life.account.state.error?.code === 'net/failed')
  await eventually('the wait for the next try', () => clock.sleeps.includes(30_000), { step: turn })
  life.account.clockSet(5_000)
  await life.until(() => life.account.state.state === 'signed_in')
})

test('a clock that is set asks at once for a code that the network refused', async (t) => {
  const { clock, sandbox, start } = await device(t)
  sandbox.control.fault({ path: '/auth/o2/create', drop: 'before', times: 5 })
  const life = start()
  await life.drive(() => clock.sleeps.includes(10_000))
  life.account.clockSet(5_000)
  await life.until(() => life.account.state.state === 'awaiting_user')
})
