import assert from 'node:assert/strict'
import { test } from 'node:test'

import { askDoctor, has, sectionTitles } from '../../support/doctor-page.ts'
import { makeHome, prefix } from '../../support/built-agent.ts'
import { noMosquitto } from '../../support/mqtt/mosquitto.ts'

test('all is well: a page of its sections, and 0', { skip: noMosquitto }, async (t) => {
  const home = await makeHome(t)
  home.start()
  await home.signIn()
  const { code, stdout } = await home.start({ args: ['doctor'] }).ended()
  assert.equal(code, 0, stdout)
  assert.deepEqual(
    [...stdout.matchAll(/^## (.*)$/gm)].map(([, title]) => title),
    sectionTitles,
  )
  const lines = stdout.split('\n')
  assert.ok(lines.length <= 120, `${lines.length} lines`)
  for (const line of lines) assert.ok(line.length <= 100, line)
  const ok = [...stdout.matchAll(/^ {4}ok {4}(.{20})/gm)].map(([, name = '']) => name.trim())
  for (const name of [
    'Node',
    'all of them',
    'writable',
    'sign-in',
    'time',
    'broker',
    'Login with Amazon',
    'client id',
    'Amazon Music',
    'signed-in call',
    'player',
    'agent',
    'account',
    'its broker',
    'last errors',
  ]) {
    assert.ok(ok.includes(name), `${name} in\n${stdout}`)
  }
})

test('an agent that cannot sign in says so, with what to do', { skip: noMosquitto }, async (t) => {
  const home = await makeHome(t, { sandbox: { clientIds: [] } })
  home.start()
  await home.client.next(`${prefix}/account`, ({ text }) => text.includes('account/client'))
  const page = await askDoctor(home)
  has(page.said('Running agent'), /^FAIL account: account\/client needs configuration/)
  has(page.said('Last warnings and errors'), /^info account: account\/client 2\d{3}-.* /)
})
