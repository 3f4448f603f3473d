import assert from 'node:assert/strict'
import { test } from 'node:test'

import { makeHome, prefix } from '../../support/built-agent.ts'
import { noMosquitto } from '../../support/mqtt/mosquitto.ts'

test(
  'a second agent on the same state folder refuses with words; a killed one leaves no lock',
  { skip: noMosquitto },
  async (t) => {
    const home = await makeHome(t)
    const first = home.start()
    await home.client.next(`${prefix}/availability`, ({ text }) => text === 'online')

    const second = await home.start().ended()
    assert.equal(
      second.code,
      69,
      'not 78: it may be a sign-in that is soon over, and systemd should try again',
    )
    assert.match(second.stderr, /state\/owned/)

    first.kill('SIGKILL')
    await first.ended()
    const will = await home.client.next(`${prefix}/availability`, ({ text }) => text === 'offline')
    assert.equal(will.text, 'offline', 'the last will')
    home.start()
    await home.client.next(`${prefix}/availability`, ({ text }) => text === 'online')
  },
)
