import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { makeHome, prefix } from '../../support/built-agent.ts'
import { noMosquitto } from '../../support/mqtt/mosquitto.ts'

/** Codes that live so short that three of them pass while a test waits: one poll each. */
const shortCodes = { interval: 5, expiresIn: 7 }

test(
  'login without an agent ends when three codes were not used, and frees the state folder',
  { skip: noMosquitto },
  async (t) => {
    const home = await makeHome(t, { sandbox: shortCodes })
    const login = home.start({ args: ['login'] })
    const { code, stderr } = await login.ended(60_000)
    assert.equal(code, 77)
    assert.match(stderr, /3 codes in a row were not used/)
    assert.match(stderr, /\(account\/code-expired\)/)
    assert.equal(home.sandbox.control.codes().length, 3)
    assert.equal(existsSync(join(home.stateDir, 'agent.sock')), false)

    // An agent can have the folder now.
    home.start()
    await home.client.next(`${prefix}/availability`, ({ text }) => text === 'online')
  },
)

test(
  'login beside an agent ends when three codes were not used; the agent runs on',
  { skip: noMosquitto },
  async (t) => {
    const home = await makeHome(t, { sandbox: shortCodes })
    home.start()
    await home.client.next(`${prefix}/login`, ({ text }) => text.includes('awaiting_user'))
    const { code, stderr } = await home.start({ args: ['login'] }).ended(60_000)
    assert.equal(code, 77)
    assert.match(stderr, /\(account\/code-expired\)/)
    const status = await home.start({ args: ['status'] }).ended()
    assert.equal(status.code, 0)
    assert.match(status.stdout, /waiting_for_user_action/)
  },
)
