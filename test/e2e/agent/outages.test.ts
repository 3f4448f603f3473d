import assert from 'node:assert/strict'
import { test } from 'node:test'

import { startSandbox } from '../../../src/sandbox/sandbox.ts'
import { makeHome, prefix } from '../../support/built-agent.ts'
import { noMosquitto } from '../../support/mqtt/mosquitto.ts'

test(
  'with no broker, no Amazon and no network at boot the agent runs, and comes up when they do',
  { skip: noMosquitto },
  async (t) => {
    const home = await makeHome(t)
    const port = Number(new URL(home.sandbox.url).port)
    await home.sandbox.close()
    await home.broker.stop()
    const agent = home.start()
    await agent.line('net/refused')

    await home.broker.start()
    const client = await home.visit()
    await client.next(`${prefix}/availability`, ({ text }) => text === 'online')
    const sandbox = await startSandbox({ port, interval: 1 })
    t.after(() => sandbox.close())
    await client.next(`${prefix}/login`, ({ text }) => text.includes('awaiting_user'))
    sandbox.control.approve()
    await client.next(`${prefix}/account`, ({ text }) => text.includes('"state":"signed_in"'))

    agent.kill('SIGTERM')
    assert.equal((await agent.ended()).code, 0)
  },
)

test(
  'a broker that restarts and forgets everything gets the whole picture again',
  { skip: noMosquitto },
  async (t) => {
    const home = await makeHome(t)
    home.start()
    await home.client.next(`${prefix}/availability`, ({ text }) => text === 'online')
    await home.broker.stop()
    await home.broker.start()
    const client = await home.visit()
    for (const topic of ['info', 'state', 'state/volume', 'account', 'login', 'queue', 'error', 'update']) {
      assert.notEqual((await client.next(`${prefix}/${topic}`)).text, '', topic)
    }
    await client.next(`${prefix}/availability`, ({ text }) => text === 'online')
  },
)
