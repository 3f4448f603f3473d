import assert from 'node:assert/strict'
import { test } from 'node:test'

import { device, type Device, type Life } from './signed-in-device.ts'

const { signal } = new AbortController()
const forbidden = { path: '/auth/o2/token', status: 403, body: { error: 'Forbidden' } }

/** When the last `count` refreshes came, as waits between them in minutes. */
function waits({ sandbox }: Device, count: number): readonly number[] {
  const times = sandbox.control
    .requests('POST', '/auth/o2/token')
    .slice(-count)
    .map(({ atMs }) => atMs)
  return times.slice(1).map((time, i) => (time - (times[i] ?? 0)) / 60_000)
}

async function refused(found: Device, times: number): Promise<Life> {
  const life = await found.signIn()
  found.sandbox.control.fault({ ...forbidden, times })
  life.account.tokens.reject(await life.account.tokens.get(signal))
  await life.until(() => life.account.state.state === 'refresh_failing')
  return life
}

test('one refusal that no document names does not end renewal: it is told, and tried again', async (t) => {
  const found = await device(t)
  const life = await refused(found, 1)
  assert.equal(life.account.state.linked, true)
  assert.equal(life.account.state.error?.code, 'account/unnamed')
  assert.match(life.account.state.error.message, /403 Forbidden/)
  assert.match(found.lines.join(''), /"code":"account\/unnamed"/)
  // Nobody waits for what is not tried in the next seconds.
  await assert.rejects(life.account.tokens.get(signal), { code: 'account/unnamed' })
  await life.drive(() => life.account.state.state === 'signed_in')
  assert.deepEqual(waits(found, 2), [0.75])
  assert.equal(life.account.state.error, undefined)
  assert.equal(found.sandbox.control.codes().length, 1)
})

test('a refusal that stays is tried again ever more slowly, at last once an hour', async (t) => {
  const found = await device(t)
  const life = await refused(found, 9)
  await life.drive(() => life.account.state.state === 'signed_in')
  assert.deepEqual(waits(found, 10), [0.75, 1.5, 3, 6, 12, 24, 45, 45, 45])
})

test('who asks for a login has a refused renewal tried at once', async (t) => {
  const found = await device(t)
  const life = await refused(found, 1)
  life.account.requestLogin()
  await life.until(() => life.account.state.state === 'signed_in')
  assert.deepEqual(waits(found, 2), [0])
})

test('a network that fails after a refusal is tried again as fast as ever', async (t) => {
  const found = await device(t)
  const life = await refused(found, 2)
  found.sandbox.control.fault({ path: '/auth/o2/token', drop: 'before', times: 3 })
  await life.drive(() => life.account.state.state === 'signed_in')
  assert.deepEqual(waits(found, 6), [0.75, 1.5, 0, 1 / 60, 2 / 60])
})

test('the refresh that proves a sign-in is tried again too', async (t) => {
  const found = await device(t)
  const life = found.start()
  await life.until(() => life.account.state.state === 'awaiting_user')
  found.sandbox.control.approve()
  // The poll is served, and only then a request refused.
  found.sandbox.control.fault({ path: '/auth/o2/token', delayMs: 1 })
  found.sandbox.control.fault(forbidden)
  await life.drive(() => life.account.state.state === 'refresh_failing')
  assert.equal(life.account.state.error?.code, 'account/unnamed')
  await life.drive(() => life.account.state.state === 'signed_in')
})

test('a code that is refused for a reason nobody names is asked for again, slowly', async (t) => {
  const { sandbox, start } = await device(t)
  sandbox.control.fault({ path: '/auth/o2/create', status: 403, body: { error: 'Forbidden' }, times: 3 })
  const life = start()
  await life.until(() => life.account.state.error !== undefined)
  assert.equal(life.account.state.state, 'signed_out')
  assert.equal(life.account.state.error?.code, 'account/unnamed')
  await life.drive(() => life.account.state.state === 'awaiting_user')
  const asked = sandbox.control.requests('POST', '/auth/o2/create').map(({ atMs }) => atMs)
  assert.deepEqual(
    asked.slice(1).map((time, i) => (time - (asked[i] ?? 0)) / 60_000),
    [0.75, 1.5, 3],
  )
})

test('while a code is polled such an answer ends the code', async (t) => {
  const { sandbox, start } = await device(t)
  const life = start()
  await life.until(() => life.account.state.state === 'awaiting_user')
  sandbox.control.fault(forbidden)
  await life.drive(() => life.account.state.state === 'needs_configuration')
  assert.equal(life.account.state.error?.code, 'account/request')
})

test('a new sign-in is proven at once, whatever the trouble with the one before it was', async (t) => {
  const found = await device(t)
  const { clock, sandbox } = found
  const life = await refused(found, 1_000)
  life.account.requestLogin()
  await life.until(() => life.account.state.login.state === 'awaiting_user')
  await clock.untilSleeping(2)
  sandbox.control.clearFaults()
  sandbox.control.approve()
  // The poll comes after 37.5 s; the trouble would have waited 45.
  await clock.advance(38_000)
  await life.until(() => life.account.state.state === 'signed_in')
  assert.equal(life.account.state.error, undefined)
})
