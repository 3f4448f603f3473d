import assert from 'node:assert/strict'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'

import { AppError } from '../../../src/lib/errors.ts'
import { device } from './signed-in-device.ts'

const { signal } = new AbortController()

test('codes that went unused before a sign-in do not count after it', async (t) => {
  const { sandbox, start } = await device(t)
  const life = start()
  await life.drive(() => life.events.filter(({ type }) => type === 'login_required').length === 2)
  sandbox.control.approve()
  await life.drive(() => life.account.state.state === 'signed_in')
  life.account.requestLogin()
  await life.until(() => life.account.state.login.state === 'awaiting_user')
  const { login } = life.account.state
  assert.equal(login.state === 'awaiting_user' && login.attempt, 1)
})

test('the folder is tried again before each code', async (t) => {
  const { clock, folder, sandbox, start } = await device(t)
  const life = start()
  await life.until(() => life.account.state.state === 'awaiting_user')
  // A file in place of the folder: not even root can write into it.
  renameSync(folder, `${folder}-away`)
  writeFileSync(folder, '')
  await life.drive(() => life.account.state.error?.code === 'state/unwritable')
  assert.equal(sandbox.control.codes().length, 1)
  rmSync(folder)
  renameSync(`${folder}-away`, folder)
  await clock.untilSleeping()
  life.account.requestLogin()
  await life.until(() => life.account.state.login.state === 'awaiting_user')
  assert.equal(life.account.state.error, undefined)
})

test('the folder is tried again every minute until it can be written', async (t) => {
  const { clock, folder, start } = await device(t)
  renameSync(folder, `${folder}-away`)
  writeFileSync(folder, '')
  const life = start()
  await life.until(() => life.account.state.error?.code === 'state/unwritable')
  for (let minute = 0; minute < 3; minute++) {
    await clock.untilSleeping()
    assert.deepEqual(clock.sleeps, [60_000])
    await clock.advance(60_000)
  }
  assert.equal(life.account.state.error?.code, 'state/unwritable')
  rmSync(folder)
  renameSync(`${folder}-away`, folder)
  await life.drive(() => life.account.state.login.state === 'awaiting_user')
})

test('the end of a code that is shown counts from its request, and not from the answer', async (t) => {
  const { clock, sandbox, start } = await device(t)
  sandbox.control.fault({ path: '/auth/o2/create', delayMs: 4_000 })
  const askedAtEpochMs = clock.epochMs()
  const life = start()
  await life.drive(() => life.account.state.login.state === 'awaiting_user')
  const { login } = life.account.state
  assert.equal(login.state === 'awaiting_user' && login.expiresAtEpochMs, askedAtEpochMs + 600_000)
})

test('a folder that a reboot empties is warned of with every code that is shown, and logged once', async (t) => {
  const { lines, start } = await device(t)
  const life = start({ volatile: new AppError('state/volatile', 'The folder is in memory') })
  await life.drive(() => life.events.filter(({ type }) => type === 'login_required').length === 2)
  const shown = life.events.filter(({ type }) => type === 'login_required')
  assert.deepEqual(
    shown.map((event) => 'warning' in event && /^The folder is in memory\. /.test(event.warning)),
    [true, true],
  )
  assert.equal(lines.filter((line) => line.includes('"code":"state/volatile"')).length, 1)
})

test('a sign-in granted while a logout waits for the last calls is not forgotten by it', async (t) => {
  const { clock, sandbox, signIn } = await device(t)
  let calls = 0
  const life = await signIn({
    beforeEnd: () => (++calls === 1 ? new Promise(() => undefined) : Promise.resolve()),
  })
  const leaving = life.account.logout()
  await clock.untilSleeping(2)
  const second = life.account.logout()
  await second
  assert.equal(life.account.state.linked, false)
  life.account.requestLogin()
  await life.until(() => life.account.state.login.state === 'awaiting_user')
  await clock.advance(3_000)
  await leaving
  assert.equal(life.account.state.login.state, 'awaiting_user')
  sandbox.control.approve()
  await life.drive(() => life.account.state.state === 'signed_in')
})

test('a logout that comes second forgets once', async (t) => {
  const { clock, signIn } = await device(t)
  let forgotten = 0
  let calls = 0
  const life = await signIn({
    beforeEnd: () => (++calls === 1 ? new Promise(() => undefined) : Promise.resolve()),
    onSignedOut: () => forgotten++,
  })
  const first = life.account.logout()
  await clock.untilSleeping(2)
  await life.account.logout()
  await clock.advance(3_000)
  await first
  assert.equal(forgotten, 1)
})

test('a user id read late is the identity that tokens are of', async (t) => {
  const { sandbox, start } = await device(t)
  sandbox.control.fault({ path: '/user/profile', status: 500 })
  const life = start()
  await life.until(() => life.account.state.state === 'awaiting_user')
  sandbox.control.approve()
  await life.drive(() => life.account.state.state === 'signed_in')
  assert.equal(life.account.state.identity?.userId, undefined)
  const { accountEnds } = life.account.tokens
  const { signInId } = life.account.state.identity ?? {}
  life.account.tokens.reject(await life.account.tokens.get(signal))
  await life.drive(() => life.account.state.userId !== undefined)
  assert.deepEqual(life.account.state.identity, { signInId, userId: life.account.state.userId })
  assert.equal(accountEnds.aborted, false)
})
