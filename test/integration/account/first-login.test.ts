import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { eventually } from '../../support/eventually.ts'
import { clientId, device, usualScopes, type Device, type Life } from './signed-in-device.ts'

const { signal } = new AbortController()

test('a first sign-in shows a code, waits, saves the refresh token, renews at once and is signed in', async (t) => {
  const { clock, sandbox, folder, start, refreshes } = await device(t)
  const life = start()
  assert.equal(life.account.state.state, 'signed_out')
  await life.until(() => life.account.state.state === 'awaiting_user')

  const { login } = life.account.state
  assert.equal(login.state, 'awaiting_user')
  const [code] = sandbox.control.codes()
  assert.ok(code, 'code')
  assert.equal(login.userCode, code.userCode)
  assert.equal(login.verificationUri, `${sandbox.url}/us/code`)
  assert.equal(login.verificationUriComplete, `${sandbox.url}/us/code?cbl-code=${code.userCode}`)
  assert.equal(login.expiresAtEpochMs, clock.epochMs() + 600_000)
  assert.equal(login.attempt, 1)
  assert.equal(code.acceptLanguage, 'en-US')
  await assert.rejects(life.account.tokens.get(signal), { code: 'account/signed-out' })

  await clock.untilSleeping()
  await clock.advance(100_000)
  await clock.untilSleeping()
  sandbox.control.approve()
  await life.drive(() => life.account.state.state === 'signed_in')

  const { state } = life.account
  assert.equal(state.linked, true)
  assert.deepEqual(state.login, { state: 'idle' })
  assert.deepEqual(state.scopes, usualScopes)
  assert.match(state.userId ?? '', /SANDBOXADA/)
  assert.equal(state.tokenExpiresAtEpochMs, clock.epochMs() + 3_600_000)
  assert.equal(state.refreshedAtEpochMs, clock.epochMs())
  assert.equal(state.error, undefined)
  assert.equal(refreshes(), 1)
  assert.deepEqual(
    life.events.map(({ type }) => type),
    ['login_required', 'token_refreshed', 'login_succeeded'],
  )
  assert.deepEqual(
    [...new Set(life.states.map(({ state: name }) => name))],
    ['awaiting_user', 'verifying', 'signed_in'],
  )

  const saved = JSON.parse(readFileSync(join(folder, 'tokens.json'), 'utf8')) as Record<string, unknown>
  assert.equal(saved['refresh_token'], sandbox.control.secrets().refreshTokens.at(-1))
  assert.equal(saved['client_id'], clientId)
  const token = await life.account.tokens.get(signal)
  assert.equal(token.reveal(), sandbox.control.secrets().accessTokens.at(-1))
})

test('at the usual interval no poll ever comes too early', async (t) => {
  const { clock, sandbox, start } = await device(t)
  const life = start()
  await life.drive(() => life.events.some(({ type }) => type === 'login_expired'))
  await clock.untilSleeping(2)
  await clock.advance(4_500)
  await eventually('the last poll', () => sandbox.control.codes()[0]?.polls === 16)
  assert.equal(sandbox.control.codes()[0]?.slowDowns, 0)
})

test('slow_down lengthens the wait for all later polls', async (t) => {
  const { sandbox, start } = await device(t)
  const life = start()
  await life.until(() => life.account.state.state === 'awaiting_user')
  sandbox.control.fault({ path: '/auth/o2/token', status: 400, body: { error: 'slow_down' } })
  await life.drive(() => life.events.some(({ type }) => type === 'login_expired'))
  const polls = sandbox.control.requests('POST', '/auth/o2/token')
  const gaps = polls.slice(1).map(({ atMs }, i) => atMs - (polls[i]?.atMs ?? 0))
  for (const gap of gaps) assert.ok(gap >= 42_000, String(gap))
})

test('three unused codes in a row end in waiting, and a login command shows a fresh code', async (t) => {
  const { clock, sandbox, start } = await device(t)
  const life = start()
  await life.drive(() => life.account.state.login.state === 'waiting_for_user_action')
  assert.equal(clock.sleeping, 0)
  assert.equal(life.account.state.state, 'signed_out')
  assert.equal(life.account.state.error?.code, 'account/code-expired')
  assert.deepEqual(
    life.events.map(({ type }) => type),
    ['login_required', 'login_expired', 'login_required', 'login_expired', 'login_required', 'login_expired'],
  )
  assert.equal(new Set(sandbox.control.codes().map(({ userCode }) => userCode)).size, 3)

  life.account.requestLogin()
  await life.until(() => life.account.state.state === 'awaiting_user')
  assert.equal(life.account.state.error, undefined)
  assert.equal(life.account.state.login.state === 'awaiting_user' && life.account.state.login.attempt, 1)
  sandbox.control.approve()
  await life.drive(() => life.account.state.state === 'signed_in')
})

test('a code that Amazon ends early is replaced by a new one', async (t) => {
  const { sandbox, start } = await device(t)
  const life = start()
  await life.until(() => life.account.state.state === 'awaiting_user')
  sandbox.control.expireCodes()
  await life.drive(() => life.events.filter(({ type }) => type === 'login_required').length === 2)
  sandbox.control.approve()
  await life.drive(() => life.account.state.state === 'signed_in')
  assert.deepEqual(
    sandbox.control.codes().map(({ state }) => state),
    ['expired', 'redeemed'],
  )
})

test('a denial is told and no code is shown until one is asked for', async (t) => {
  const { clock, sandbox, start } = await device(t)
  const life = start()
  await life.until(() => life.account.state.state === 'awaiting_user')
  sandbox.control.deny()
  await life.drive(() => life.events.some(({ type }) => type === 'login_denied'))
  assert.equal(life.account.state.state, 'signed_out')
  assert.equal(life.account.state.error?.code, 'account/denied')
  assert.equal(life.account.state.login.state, 'waiting_for_user_action')
  assert.equal(clock.sleeping, 0)

  life.account.requestLogin()
  await life.until(() => life.account.state.state === 'awaiting_user')
})

test('asking for a login while a code is shown leaves that code alone', async (t) => {
  const { clock, sandbox, start } = await device(t)
  const life = start()
  await life.until(() => life.account.state.state === 'awaiting_user')
  await clock.untilSleeping()
  life.account.requestLogin()
  life.account.requestLogin()
  sandbox.control.approve()
  await life.drive(() => life.account.state.state === 'signed_in')
  assert.equal(sandbox.control.codes().length, 1)
})

test('Amazon out of order or talking nonsense delays the code, with back-off', async (t) => {
  const { sandbox, start } = await device(t)
  sandbox.control.fault({ path: '/auth/o2/create', status: 500, body: { error: 'ServerError' } })
  sandbox.control.fault({ path: '/auth/o2/create', garbage: true })
  sandbox.control.fault({ path: '/auth/o2/create', status: 200, body: { user_code: 'A' } })
  sandbox.control.fault({ path: '/auth/o2/create', drop: 'before' })
  sandbox.control.fault({ path: '/auth/o2/create', status: 429, headers: { 'retry-after': '120' } })
  const life = start()
  await life.until(() => life.account.state.error !== undefined)
  assert.equal(life.account.state.error?.code, 'account/unavailable')
  await life.drive(() => life.account.state.state === 'awaiting_user')
  const asked = sandbox.control.requests('POST', '/auth/o2/create')
  assert.deepEqual(
    asked.slice(1).map(({ atMs }, i) => atMs - (asked[i]?.atMs ?? 0)),
    [0, 1_000, 2_000, 4_000, 120_000],
  )
})

test('a code survives a network that comes and goes, and a lost answer ends in a new code', async (t) => {
  const { sandbox, start } = await device(t)
  const life = start()
  await life.until(() => life.account.state.state === 'awaiting_user')
  sandbox.control.fault({ path: '/auth/o2/token', drop: 'before', times: 3 })
  await life.drive(() => sandbox.control.state().faults.length === 0)
  sandbox.control.approve()
  // The answer with the tokens gets lost: the pair is spent.
  sandbox.control.fault({ path: '/auth/o2/token', drop: 'after' })
  assert.equal(sandbox.control.codes().length, 1, 'the network alone costs no code')
  await life.drive(() => life.events.filter(({ type }) => type === 'login_required').length === 2)
  sandbox.control.approve()
  await life.drive(() => life.account.state.state === 'signed_in')
  assert.equal(sandbox.control.codes().length, 2)
})

test('without a scope for it no profile is read', async (t) => {
  const { sandbox, start } = await device(t)
  const life = start({ scopes: ['music::playback'] })
  await life.until(() => life.account.state.state === 'awaiting_user')
  sandbox.control.approve()
  await life.drive(() => life.account.state.state === 'signed_in')
  assert.equal(life.account.state.userId, undefined)
  assert.equal(sandbox.control.requests('GET', '/user/profile').length, 0)
})

test('a profile that cannot be read does no harm and is asked for again later', async (t) => {
  const { sandbox, start } = await device(t)
  sandbox.control.fault({ path: '/user/profile', status: 500 })
  const life = start()
  await life.until(() => life.account.state.state === 'awaiting_user')
  sandbox.control.approve()
  await life.drive(() => life.account.state.state === 'signed_in')
  assert.equal(life.account.state.userId, undefined)
  await life.drive(() => life.account.state.userId !== undefined)
})

/** Shows a first code until its last seconds, in which the second is shown. */
async function lastSeconds(found: Device): Promise<Life> {
  const { clock, start } = found
  const life = start()
  await life.until(() => life.account.state.state === 'awaiting_user')
  const startMs = clock.monotonicMs()
  await life.drive(() => clock.monotonicMs() - startMs > 550_000)
  await clock.untilSleeping()
  await clock.advance(startMs + 595_000 - clock.monotonicMs())
  await life.until(() => life.events.filter(({ type }) => type === 'login_required').length === 2)
  return life
}

test('who enters a code in its last seconds is signed in, though the next one is shown already', async (t) => {
  const found = await device(t)
  const { clock, sandbox } = found
  const life = await lastSeconds(found)
  const [first, second] = sandbox.control.codes()
  assert.equal(
    life.account.state.login.state === 'awaiting_user' && life.account.state.login.userCode,
    second?.userCode,
  )
  await clock.untilSleeping(2)
  await clock.advance(4_000)
  sandbox.control.approve(first?.userCode)
  await clock.advance(500)
  await life.until(() => life.account.state.state === 'signed_in')
  assert.deepEqual(life.account.state.login, { state: 'idle' })
  assert.equal(sandbox.control.codes()[0]?.slowDowns, 0)
  assert.equal(sandbox.control.codes().length, 2)
  await clock.untilSleeping()
  assert.equal(clock.sleeping, 1)
})

test('that holds while the next one cannot be had, too', async (t) => {
  const found = await device(t)
  const { clock, sandbox, start } = found
  const life = start()
  await life.until(() => life.account.state.state === 'awaiting_user')
  sandbox.control.fault({ path: '/auth/o2/create', status: 503, times: 100 })
  const startMs = clock.monotonicMs()
  await life.drive(() => clock.monotonicMs() - startMs > 550_000)
  await clock.untilSleeping()
  await clock.advance(startMs + 595_000 - clock.monotonicMs())
  await life.until(() => life.account.state.error?.code === 'account/unavailable')
  sandbox.control.approve()
  await clock.advance(4_500)
  await life.until(() => life.account.state.state === 'signed_in')
  assert.equal(life.account.state.error, undefined)
})

test('the next code is good when the one before it has come to its end', async (t) => {
  const found = await device(t)
  const { clock, sandbox } = found
  const life = await lastSeconds(found)
  await clock.untilSleeping(2)
  await clock.advance(30_000)
  assert.equal(life.account.state.state, 'awaiting_user')
  sandbox.control.approve(sandbox.control.codes()[1]?.userCode)
  await life.drive(() => life.account.state.state === 'signed_in')
})

test('the last code of a row is shown to its very end', async (t) => {
  const { clock, sandbox, start } = await device(t)
  const life = start()
  await life.drive(() => life.events.filter(({ type }) => type === 'login_required').length === 3)
  const shownMs = clock.monotonicMs()
  await life.drive(() => clock.monotonicMs() - shownMs > 550_000)
  await clock.untilSleeping()
  await clock.advance(shownMs + 596_000 - clock.monotonicMs())
  assert.equal(life.account.state.state, 'awaiting_user')
  sandbox.control.approve(sandbox.control.codes()[2]?.userCode)
  await clock.advance(3_500)
  await life.until(() => life.account.state.state === 'signed_in')
})

test('who asks for a login has a code that could not be had asked for at once', async (t) => {
  const { clock, sandbox, start } = await device(t)
  sandbox.control.fault({ path: '/auth/o2/create', drop: 'before', times: 5 })
  const life = start()
  await life.drive(() => clock.sleeps.includes(10_000))
  life.account.requestLogin()
  await life.until(() => life.account.state.state === 'awaiting_user')
  assert.equal(clock.sleeps.includes(10_000), false)
})

test('codes that went unused beside a sign-in do not count when that is revoked', async (t) => {
  const { clock, sandbox, signIn } = await device(t)
  const life = await signIn()
  life.account.requestLogin()
  await life.drive(() => life.events.filter(({ type }) => type === 'login_expired').length === 3, 2)
  await clock.untilSleeping()
  sandbox.control.revokeRefreshTokens()
  life.account.tokens.reject(await life.account.tokens.get(signal))
  await life.drive(() => life.account.state.state === 'awaiting_user')
  const { login } = life.account.state
  assert.equal(login.state === 'awaiting_user' && login.attempt, 1)
})
