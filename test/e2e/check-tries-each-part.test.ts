import assert from 'node:assert/strict'
import { test } from 'node:test'

import { makeHome } from '../support/home.ts'
import { noMosquitto } from '../support/mosquitto.ts'

const parts = ['settings', 'state folder', 'broker', 'Login with Amazon', 'Amazon Music', 'clock']

test('check says of each part that it works, and ends with 0', { skip: noMosquitto }, async (t) => {
  const home = await makeHome(t)
  const { code, stdout } = await home.start({ args: ['check'] }).ended()
  for (const part of parts) assert.match(stdout, new RegExp(`^ok +${part} `, 'm'))
  assert.equal(code, 0, stdout)
})

test('check names what cannot be reached, and ends with 69', { skip: noMosquitto }, async (t) => {
  const home = await makeHome(t)
  await home.broker.stop()
  await home.sandbox.close()
  const { code, stdout } = await home.start({ args: ['check'] }).ended()
  for (const part of ['broker', 'Login with Amazon', 'Amazon Music']) {
    assert.match(stdout, new RegExp(`^FAIL +${part} .*net/refused`, 'm'))
  }
  assert.match(stdout, /^ok +state folder/m)
  assert.equal(code, 69)
})

test('check leaves no trace at the broker', { skip: noMosquitto }, async (t) => {
  const home = await makeHome(t)
  await home.start({ args: ['check'] }).ended()
  const later = await home.visit()
  await later.publish('end', 'of what was said')
  await later.next('end')
  assert.deepEqual(
    later.inbox.left.map(({ topic }) => topic),
    [],
  )
})
