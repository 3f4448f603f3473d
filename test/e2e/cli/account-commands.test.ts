import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { makeHome, prefix } from '../../support/built-agent.ts'
import { noMosquitto } from '../../support/mqtt/mosquitto.ts'

test(
  'login shows the code of the running agent and ends when it is signed in; status, login and logout leave its token in its hands',
  { skip: noMosquitto },
  async (t) => {
    const home = await makeHome(t)
    home.start()
    await home.client.next(`${prefix}/availability`, ({ text }) => text === 'online')
    const login = home.start({ args: ['login'] })
    await login.line('Sign this device in to Amazon Music')
    const shown = await home.client.next(`${prefix}/login`, ({ text }) => text.includes('awaiting_user'))
    const { user_code: userCode, verification_uri: uri } = JSON.parse(shown.text) as Record<string, string>
    await login.line(userCode ?? '')
    assert.ok(login.printed.includes(uri ?? ''), login.printed)

    const waiting = await home.start({ args: ['status'] }).ended()
    assert.equal(waiting.code, 0)
    assert.ok(waiting.stdout.includes(userCode ?? ''), 'status shows the code that waits')

    home.sandbox.control.approve(userCode ?? '')
    assert.equal((await login.ended()).code, 0)
    await home.client.next(`${prefix}/account`, ({ text }) => text.includes('"state":"signed_in"'))

    const stored = readFileSync(join(home.stateDir, 'tokens.json'), 'utf8')
    const status = await home.start({ args: ['status'] }).ended()
    assert.match(status.stdout, /"state": "signed_in"/)
    assert.equal(readFileSync(join(home.stateDir, 'tokens.json'), 'utf8'), stored, 'nobody touched the token')

    const again = await home.start({ args: ['login'] }).ended()
    assert.equal(again.code, 0)
    assert.match(again.stdout, /signed in already/)
    assert.equal(home.sandbox.control.codes().length, 1, 'and nobody asked for another code')

    assert.equal((await home.start({ args: ['logout'] }).ended()).code, 0)
    await home.client.next(
      `${prefix}/account`,
      ({ text }) => text.includes('"state":"signed_out"') || text.includes('"linked":false'),
    )
  },
)

test(
  'without an agent, login signs in by itself, and the agent started later needs no code',
  { skip: noMosquitto },
  async (t) => {
    const home = await makeHome(t)
    const login = home.start({ args: ['login'] })
    await login.line('and enter the code')
    home.sandbox.control.approve()
    const ended = await login.ended()
    assert.deepEqual([ended.code, ended.stderr], [0, ''])

    home.start()
    await home.client.next(`${prefix}/account`, ({ text }) => text.includes('"state":"signed_in"'))
    assert.equal(home.sandbox.control.codes().length, 1, 'one code in all')
  },
)

test('a denied sign-in ends login with 77', { skip: noMosquitto }, async (t) => {
  const home = await makeHome(t)
  const login = home.start({ args: ['login'] })
  await login.line('and enter the code')
  home.sandbox.control.deny()
  assert.equal((await login.ended()).code, 77)
})

test('status without an agent says so with 69', { skip: noMosquitto }, async (t) => {
  const home = await makeHome(t)
  const status = await home.start({ args: ['status'] }).ended()
  assert.equal(status.code, 69)
})

test(
  'after a denial, login beside the agent shows a new code, and a second denial ends it with 77',
  { skip: noMosquitto },
  async (t) => {
    const home = await makeHome(t)
    home.start()
    await home.client.next(`${prefix}/login`, ({ text }) => text.includes('awaiting_user'))
    home.sandbox.control.deny()
    await home.client.next(`${prefix}/login`, ({ text }) => text.includes('waiting_for_user_action'))

    const login = home.start({ args: ['login'] })
    await login.line('and enter the code')
    home.sandbox.control.deny()
    assert.equal((await login.ended()).code, 77)
    assert.equal(home.sandbox.control.codes().length, 2)
  },
)
