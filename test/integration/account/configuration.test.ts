import assert from 'node:assert/strict'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { clientId, device } from './signed-in-device.ts'

const { signal } = new AbortController()

test("a web client's id shows right after the sign-in, in words, and the token is kept", async (t) => {
  const { clock, sandbox, folder, start, refreshes } = await device(t, { clientsOfWebType: [clientId] })
  const life = start()
  await life.until(() => life.account.state.state === 'awaiting_user')
  sandbox.control.approve()
  await life.drive(() => life.account.state.state === 'needs_configuration')
  const { error, linked } = life.account.state
  assert.equal(error?.code, 'account/client')
  assert.match(error.message, /A2M_LWA_CLIENT_ID/)
  assert.equal(linked, true)
  assert.equal(existsSync(join(folder, 'tokens.json')), true)
  assert.equal(clock.sleeping, 0)
  assert.equal(refreshes(), 1)
  await assert.rejects(life.account.tokens.get(signal), { code: 'account/client' })

  sandbox.control.change({ clientsOfWebType: [] })
  life.account.requestLogin()
  await life.until(() => life.account.state.state === 'signed_in')
})

const refusals: readonly (readonly [
  what: string,
  options: Parameters<typeof device>[1],
  start: { clientId?: string; scopes?: readonly string[] },
  code: string,
  names: RegExp,
])[] = [
  [
    'a client id with braces',
    {},
    { clientId: '{amzn1.application-oa2-client.1}' },
    'account/client',
    /A2M_LWA_CLIENT_ID/,
  ],
  [
    'a client without code-based linking',
    { clientsNotEnabled: [clientId] },
    {},
    'account/client',
    /A2M_LWA_CLIENT_ID/,
  ],
  ['a scope that was not granted', { grantedScopes: ['profile'] }, {}, 'account/scope', /A2M_SCOPES/],
  ['an unknown scope', {}, { scopes: ['music::nothing'] }, 'account/scope', /A2M_SCOPES/],
]
for (const [what, options, change, code, names] of refusals) {
  test(`${what} stops the asking and names the setting`, async (t) => {
    const { clock, sandbox, start } = await device(t, options)
    const life = start(change)
    await life.until(() => life.account.state.state === 'needs_configuration')
    assert.equal(life.account.state.error?.code, code)
    assert.match(life.account.state.error.message, names)
    assert.equal(clock.sleeping, 0)
    assert.equal(sandbox.control.requests().length, 1)
  })
}

test('a wrong setting that shows while a code is polled takes the code away', async (t) => {
  const { clock, sandbox, start } = await device(t)
  const life = start()
  await life.until(() => life.account.state.state === 'awaiting_user')
  sandbox.control.fault({ path: '/auth/o2/token', status: 400, body: { error: 'unauthorized_client' } })
  await life.drive(() => life.account.state.state === 'needs_configuration')
  assert.equal(life.account.state.error?.code, 'account/client')
  assert.deepEqual(life.account.state.login, { state: 'idle' })
  assert.equal(clock.sleeping, 0)
})

test('a wrong setting that shows at a later refresh keeps the token and what is left of the access token', async (t) => {
  const { clock, sandbox, folder, signIn } = await device(t)
  const life = await signIn()
  const token = await life.account.tokens.get(signal)
  sandbox.control.fault({ path: '/auth/o2/token', status: 401, body: { error: 'invalid_client' } })
  await life.drive(() => life.account.state.state === 'needs_configuration')
  assert.equal(clock.sleeping, 0)
  assert.equal(existsSync(join(folder, 'tokens.json')), true)
  assert.equal((await life.account.tokens.get(signal)).equals(token), true)
})

test('a changed client id asks for a new sign-in, and says why', async (t) => {
  const { start, signIn } = await device(t)
  const first = await signIn()
  await first.stop()
  const second = start({ clientId: 'amzn1.application-oa2-client.ffff' })
  assert.equal(second.account.state.state, 'signed_out')
  assert.match(second.account.state.error?.message ?? '', /A2M_LWA_CLIENT_ID/)
  await second.until(() => second.account.state.state === 'awaiting_user')
})

test('no code is shown while a sign-in could not be saved, and one is once it can', async (t) => {
  const { clock, sandbox, folder, start } = await device(t)
  rmSync(folder, { recursive: true })
  writeFileSync(folder, 'a file in the place of the folder')
  const life = start()
  assert.equal(life.account.state.state, 'needs_configuration')
  assert.equal(life.account.state.error?.code, 'state/unwritable')
  assert.match(life.account.state.error.message, /A2M_STATE_DIR/)
  assert.equal(sandbox.control.requests().length, 0)

  rmSync(folder)
  await clock.advance(60_000)
  await life.until(() => life.account.state.state === 'awaiting_user')
})

test('a disk that fails after the sign-in costs no token, is told, and is caught up with', async (t) => {
  const { clock, sandbox, folder, start, signIn, refreshes } = await device(t)
  const life = await signIn()
  rmSync(folder, { recursive: true })
  writeFileSync(folder, 'a file in the place of the folder')
  await life.drive(() => refreshes() === 2)
  await life.until(() => life.account.state.error !== undefined)
  assert.equal(life.account.state.state, 'signed_in')
  assert.equal(life.account.state.error?.code, 'state/unwritable')
  await life.account.tokens.get(signal)

  rmSync(folder)
  mkdirSync(folder)
  await clock.untilSleeping(2)
  await clock.advance(60_000)
  await life.until(() => life.account.state.error === undefined)
  await life.stop()
  const next = start()
  await next.until(() => next.account.state.state === 'signed_in')
  assert.equal(sandbox.control.codes().length, 1)
})
