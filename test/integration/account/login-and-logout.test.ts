import assert from 'node:assert/strict'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { device } from './signed-in-device.ts'
import { eventually, turn } from '../../support/eventually.ts'

const { signal } = new AbortController()

test('a second sign-in leaves the first in use until it is granted, and tells another account', async (t) => {
  const { sandbox, lines, signIn } = await device(t)
  const life = await signIn()
  const token = await life.account.tokens.get(signal)
  life.account.requestLogin()
  await life.until(() => life.account.state.login.state === 'awaiting_user')
  assert.equal(life.account.state.state, 'signed_in')
  assert.equal((await life.account.tokens.get(signal)).equals(token), true)

  sandbox.control.approve(null, 'ben')
  await life.drive(() => life.account.state.userId?.includes('BEN') === true, 2)
  await life.until(() => life.account.state.state === 'signed_in')
  assert.deepEqual(life.account.state.login, { state: 'idle' })
  assert.equal((await life.account.tokens.get(signal)).equals(token), false)
  assert.match(lines.join(''), /different Amazon account/)
  assert.equal(life.events.filter(({ type }) => type === 'login_succeeded').length, 2)
})

test('a second sign-in that is denied changes nothing', async (t) => {
  const { sandbox, signIn } = await device(t)
  const life = await signIn()
  life.account.requestLogin()
  await life.until(() => life.account.state.login.state === 'awaiting_user')
  sandbox.control.deny()
  await life.drive(() => life.events.some(({ type }) => type === 'login_denied'), 2)
  assert.equal(life.account.state.state, 'signed_in')
  assert.equal(life.account.state.error, undefined)
  assert.deepEqual(life.account.state.login, { state: 'idle' })
})

test('a token that dies while a second code is shown leaves that code to sign in with', async (t) => {
  const { clock, sandbox, signIn } = await device(t)
  const life = await signIn()
  life.account.requestLogin()
  await life.until(() => life.account.state.login.state === 'awaiting_user')
  await clock.untilSleeping(2)
  const { login } = life.account.state
  sandbox.control.revokeRefreshTokens()
  life.account.tokens.reject(await life.account.tokens.get(signal))
  await life.until(() => life.account.state.state === 'awaiting_user')
  assert.deepEqual(life.account.state.login, login)
  sandbox.control.approve()
  await life.drive(() => life.account.state.state === 'signed_in')
  assert.equal(sandbox.control.codes().length, 2)
})

test('signing out forgets tokens and profile, here and on the disk, and shows no code by itself', async (t) => {
  const { clock, folder, lines, start, signIn } = await device(t)
  const life = await signIn()
  await life.account.logout()
  const { state } = life.account
  assert.equal(state.state, 'signed_out')
  assert.equal(state.linked, false)
  assert.equal(state.userId, undefined)
  assert.equal(state.tokenExpiresAtEpochMs, undefined)
  assert.deepEqual(state.login, { state: 'idle' })
  await assert.rejects(life.account.tokens.get(signal), { code: 'account/signed-out' })
  assert.equal(existsSync(join(folder, 'tokens.json')), false)
  assert.equal(existsSync(join(folder, 'tokens.previous.json')), false)
  assert.match(lines.join(''), /remove the app in the Amazon account/)
  await clock.advance(100_000_000)
  assert.equal(life.account.state.state, 'signed_out')

  await life.stop()
  const next = start()
  await next.until(() => next.account.state.state === 'awaiting_user')
})

test('signing out while a code is shown takes the code away, and a login right after shows another', async (t) => {
  const { clock, sandbox, start } = await device(t)
  const life = start()
  await life.until(() => life.account.state.state === 'awaiting_user')
  await clock.untilSleeping()
  await life.account.logout()
  assert.equal(life.account.state.login.state, 'idle')
  life.account.requestLogin()
  await life.until(() => life.account.state.state === 'awaiting_user')
  assert.equal(sandbox.control.codes().length, 2)
  sandbox.control.approve()
  await life.drive(() => life.account.state.state === 'signed_in')
})

test('an answer to a refresh that comes after signing out is void', async (t) => {
  const { clock, sandbox, folder, signIn } = await device(t)
  const life = await signIn()
  sandbox.control.fault({ path: '/auth/o2/token', delayMs: 1_000 })
  life.account.tokens.reject(await life.account.tokens.get(signal))
  const waiting = assert.rejects(life.account.tokens.get(signal), { code: 'account/signed-out' })
  await eventually('an answer held back', () => clock.sleeps.includes(1_000), { step: turn })
  await life.account.logout()
  await waiting
  await clock.advance(1_000)
  // Ends when the answer has been read.
  await life.stop()
  assert.equal(existsSync(join(folder, 'tokens.json')), false)
  assert.equal(life.account.state.state, 'signed_out')
  assert.equal(life.account.state.tokenExpiresAtEpochMs, undefined)
  await assert.rejects(life.account.tokens.get(signal), { code: 'account/signed-out' })
  assert.equal(life.events.filter(({ type }) => type === 'token_refreshed').length, 1)
})

test('a refusal of a refresh that comes after signing out is void, too', async (t) => {
  const { clock, sandbox, signIn } = await device(t)
  const life = await signIn()
  sandbox.control.fault({
    path: '/auth/o2/token',
    status: 400,
    body: { error: 'invalid_grant' },
    delayMs: 1_000,
  })
  life.account.tokens.reject(await life.account.tokens.get(signal))
  await eventually('an answer held back', () => clock.sleeps.includes(1_000), { step: turn })
  await life.account.logout()
  await clock.advance(1_000)
  await life.stop()
  assert.equal(life.account.state.error, undefined)
  assert.equal(life.events.filter(({ type }) => type === 'token_revoked').length, 0)
})

test('a new sign-in while the profile of the first is read keeps its own user id', async (t) => {
  const { clock, sandbox, start } = await device(t)
  sandbox.control.fault({ path: '/user/profile', status: 500 })
  const life = start()
  await life.until(() => life.account.state.state === 'awaiting_user')
  sandbox.control.approve()
  await life.drive(() => life.account.state.state === 'signed_in')
  await clock.untilSleeping()
  life.account.requestLogin()
  await life.until(() => life.account.state.login.state === 'awaiting_user')
  await clock.untilSleeping(2)
  sandbox.control.fault({ path: '/user/profile', delayMs: 120_000 })
  life.account.tokens.reject(await life.account.tokens.get(signal))
  await eventually('a profile held back', () => clock.sleeps.includes(120_000), { step: turn })
  sandbox.control.approve(null, 'ben')
  await clock.advance(40_000)
  await life.until(() => life.account.state.state === 'verifying')
  await clock.advance(80_000)
  await life.until(() => life.events.filter(({ type }) => type === 'login_succeeded').length === 2)
  assert.match(life.account.state.userId ?? '', /BEN/)
  assert.equal(
    life.states.some(({ userId }) => userId?.includes('ADA')),
    false,
  )
})

test('a login and a log-out in one turn: what was asked for last holds', async (t) => {
  const { clock, sandbox, signIn } = await device(t)
  const life = await signIn()
  life.account.requestLogin()
  await life.account.logout()
  await clock.advance(1_000)
  // What the agent had sent by now has come before the answers to these.
  for (let round = 0; round < 3; round++) await (await fetch(`${sandbox.url}/nothing`)).text()
  assert.equal(life.account.state.state, 'signed_out')
  assert.equal(sandbox.control.codes().length, 1)
  assert.deepEqual(life.account.state.login, { state: 'idle' })

  life.account.requestLogin()
  await life.until(() => life.account.state.login.state === 'awaiting_user')
  const leaving = life.account.logout()
  life.account.requestLogin()
  await leaving
  await life.until(() => life.events.filter(({ type }) => type === 'login_required').length === 3)
  assert.equal(sandbox.control.codes().length, 3)
  sandbox.control.approve(sandbox.control.codes()[2]?.userCode)
  await life.drive(() => life.account.state.state === 'signed_in')
})

test('signing out on a disk that fails says so, and forgets all the same', async (t) => {
  const { clock, folder, signIn } = await device(t)
  const life = await signIn()
  rmSync(folder, { recursive: true })
  writeFileSync(folder, 'a file in the place of the folder')
  await assert.rejects(life.account.logout(), { code: 'state/unwritable' })
  assert.equal(life.account.state.state, 'signed_out')
  await assert.rejects(life.account.tokens.get(signal), { code: 'account/signed-out' })
  rmSync(folder)
  await clock.untilSleeping()
  await clock.advance(60_000)
  assert.equal(life.account.state.error, undefined)
})

test('a life ends while a code is shown, and the code is taken away', async (t) => {
  const { clock, start } = await device(t)
  const life = start()
  await life.until(() => life.account.state.state === 'awaiting_user')
  await clock.untilSleeping()
  await life.stop()
  assert.equal(life.account.state.login.state, 'idle')
  assert.equal(clock.sleeping, 0)
})
