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
  await clock.untilSleeping()
  await clock.advance(299_999)
  await clock.advance(1)
  await life.until(() => life.account.state.state === 'signed_in')
  const [refused = 0, renewed = 0] = sandbox.control
    .requests('POST', '/auth/o2/token')
    .slice(-2)
    .map(({ atMs }) => atMs)
  // The server refused, and named its time.
  assert.equal(renewed - refused, 300_000)

  sandbox.control.fault({ path: '/auth/o2/token', drop: 'before', times: 7 })
  await clock.untilSleeping()
  await clock.advance(60_000)
  life.account.tokens.reject(await life.account.tokens.get(signal))
  await life.drive(() => refreshes() === before + 1 + 6)
  await life.until(() => life.account.state.error?.code === 'net/failed')
  await eventually('the wait for the next try', () => clock.sleeps.includes(30_000), { step: turn })
  life.account.clockSet(5_000)
  // The first try after that fails too, and the waits begin anew: the next one comes at once.
  await life.until(() => life.account.state.state === 'signed_in')
  assert.equal(refreshes(), before + 1 + 7 + 1)
})

test('a clock that is set asks at once for a code that the network refused', async (t) => {
  const { clock, sandbox, start } = await device(t)
  sandbox.control.fault({ path: '/auth/o2/create', drop: 'before', times: 5 })
  const life = start()
  await life.drive(() => clock.sleeps.includes(10_000))
  life.account.clockSet(5_000)
  await life.until(() => life.account.state.state === 'awaiting_user')
  assert.equal(clock.sleeps.includes(10_000), false)
})
