import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { device, type Life } from './signed-in-device.ts'

const { signal } = new AbortController()

/** Keeps what was asked before a sign-in ended: whether its token still served then. */
class LastCalls {
  readonly served: boolean[] = []
  life: Life | undefined

  readonly beforeEnd = async (): Promise<void> => {
    const tokens = this.life?.account.tokens ?? assert.fail()
    const token = await tokens.get(signal)
    await Promise.resolve()
    this.served.push((await tokens.get(signal)).equals(token))
  }
}

test('what needs the token is done before a logout takes it, and only then all is forgotten', async (t) => {
  const { signIn } = await device(t)
  const order: string[] = []
  const calls = new LastCalls()
  const life = await signIn({
    async beforeEnd() {
      await calls.beforeEnd()
      order.push('done')
    },
    onSignedOut: () => order.push(`forgotten, linked: ${String(calls.life?.account.state.linked)}`),
  })
  calls.life = life
  const { accountEnds } = life.account.tokens
  await life.account.logout()
  assert.deepEqual(calls.served, [true])
  assert.deepEqual(order, ['done', 'forgotten, linked: false'])
  assert.equal((accountEnds.reason as { code?: string }).code, 'account/signed-out')
  assert.equal(life.account.state.identity, undefined)
})

test('a logout waits three seconds for that and no longer', async (t) => {
  const { clock, signIn } = await device(t)
  let late: AbortSignal | undefined
  const life = await signIn({
    beforeEnd: (over) => {
      late = over
      return new Promise(() => undefined)
    },
  })
  const leaving = life.account.logout()
  await clock.untilSleeping(2)
  await clock.advance(2_999)
  assert.equal(life.account.state.linked, true)
  assert.equal(late?.aborted, false)
  await clock.advance(1)
  await leaving
  assert.equal(life.account.state.linked, false)
  assert.equal(late.aborted, true)
})

test('a failure of that is no failure of the logout', async (t) => {
  const { lines, signIn } = await device(t)
  const life = await signIn({ beforeEnd: () => Promise.reject(new Error('out of order')) })
  await life.account.logout()
  assert.equal(life.account.state.state, 'signed_out')
  assert.match(lines.join(''), /Not everything was done/)
})

test('a login asked for while a logout waits shows a code, and the logout leaves that alone', async (t) => {
  const { clock, signIn } = await device(t)
  const life = await signIn({ beforeEnd: () => new Promise(() => undefined) })
  const leaving = life.account.logout()
  life.account.requestLogin()
  await life.until(() => life.account.state.login.state === 'awaiting_user')
  await clock.advance(3_000)
  await leaving
  assert.equal(life.account.state.linked, false)
  assert.equal(life.account.state.login.state, 'awaiting_user')
})

test('another account takes the place of the first once its user id is known and the first was asked', async (t) => {
  const { sandbox, folder, signIn } = await device(t)
  const calls = new LastCalls()
  const life = await signIn({ beforeEnd: calls.beforeEnd })
  calls.life = life
  const ada = life.account.state.identity
  const token = await life.account.tokens.get(signal)
  const { accountEnds } = life.account.tokens
  life.account.requestLogin()
  await life.until(() => life.account.state.login.state === 'awaiting_user')
  sandbox.control.approve(null, 'ben')
  // The profile takes its time: until it is read nobody gets a token of an account that is not known.
  sandbox.control.fault({ path: '/user/profile', delayMs: 5_000 })
  await life.drive(() => life.account.state.state === 'verifying', 2)
  assert.deepEqual(life.account.state.identity, ada)
  assert.equal(life.account.state.tokenExpiresAtEpochMs, undefined)
  assert.equal((await life.account.tokens.get(signal)).equals(token), true)
  await life.drive(() => life.account.state.state === 'signed_in', 1)
  assert.deepEqual(calls.served, [true])
  assert.equal(accountEnds.aborted, true)
  assert.match(life.account.state.identity?.userId ?? '', /BEN/)
  assert.equal((await life.account.tokens.get(signal)).equals(token), false)
  // Should the file be damaged, the copy before it may not bring the first account back.
  assert.match(readFileSync(join(folder, 'tokens.previous.json'), 'utf8'), /BEN|"user_id":\s*null/)
  assert.doesNotMatch(readFileSync(join(folder, 'tokens.previous.json'), 'utf8'), /ADA/)
})

test('the same account signed in again goes on, and nobody is asked to end anything', async (t) => {
  const { sandbox, signIn } = await device(t)
  const calls = new LastCalls()
  const life = await signIn({ beforeEnd: calls.beforeEnd })
  calls.life = life
  const { accountEnds } = life.account.tokens
  const { identity } = life.account.state
  life.account.requestLogin()
  await life.until(() => life.account.state.login.state === 'awaiting_user')
  sandbox.control.approve()
  await life.drive(() => life.account.state.state === 'verifying', 2)
  await life.drive(() => life.account.state.state === 'signed_in', 1)
  assert.deepEqual(calls.served, [])
  assert.equal(accountEnds.aborted, false)
  assert.equal(life.account.state.identity?.userId, identity?.userId)
  assert.notEqual(life.account.state.identity?.signInId, identity?.signInId)
})

test('without a scope that tells the user id each sign-in is an account of its own', async (t) => {
  const { sandbox, start } = await device(t)
  const ends: string[] = []
  const life = start({
    scopes: ['music::playback'],
    beforeEnd() {
      ends.push('asked')
      return Promise.resolve()
    },
  })
  await life.until(() => life.account.state.state === 'awaiting_user')
  sandbox.control.approve()
  await life.drive(() => life.account.state.state === 'signed_in')
  const { accountEnds } = life.account.tokens
  life.account.requestLogin()
  await life.until(() => life.account.state.login.state === 'awaiting_user')
  sandbox.control.approve()
  await life.drive(() => accountEnds.aborted, 2)
  assert.deepEqual(ends, ['asked'])
})

test('a sign-in keeps its name over restarts and renewals', async (t) => {
  const { start, signIn } = await device(t, { rotation: 'at-once' })
  const life = await signIn()
  const { identity } = life.account.state
  life.account.tokens.reject(await life.account.tokens.get(signal))
  await life.drive(() => life.events.filter(({ type }) => type === 'token_refreshed').length > 1)
  await life.stop()
  assert.deepEqual(start().account.state.identity, identity)
})
