import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'

import { makeHome } from '../../support/built-agent.ts'
import { noMosquitto } from '../../support/mqtt/mosquitto.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { requireTool } from '../../support/tools.ts'
import { within } from '../../support/eventually.ts'

const parts = ['settings', 'state folder', 'broker', 'Login with Amazon', 'Amazon Music', 'player', 'clock']

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

test(
  'check that is killed calls no agent offline and leaves nothing retained',
  { skip: noMosquitto },
  async (t) => {
    const home = await makeHome(t)
    const checking = home.start({ args: ['check'] })
    await home.client.next('a2m/kitchen/check', ({ payload }) => payload.length === 25_000)
    checking.kill('SIGKILL')
    await home.client.next('a2m/kitchen/check', ({ text }) => text === 'offline')
    const later = await home.visit()
    await later.publish('end', 'of what was said')
    await later.next('end')
    assert.deepEqual(
      later.inbox.left.map(({ topic }) => topic),
      [],
    )
  },
)

for (const version of ['5', '3.1.1']) {
  test(
    `check tells a limit of the broker on messages, with MQTT ${version}`,
    { skip: noMosquitto },
    async (t) => {
      const home = await makeHome(t, { broker: { lines: ['message_size_limit 8192'] } })
      const env = { A2M_MQTT_VERSION: version }
      const { code, stdout } = await home.start({ args: ['check'], env }).ended()
      assert.match(stdout, /^FAIL +broker .*refuses messages of 25 kB.*message_size_limit.*mqtt\/too-large/m)
      assert.equal(code, 69)

      await home.broker.stop()
      await home.broker.start({ maxPacketSize: 131_072 })
      const larger = await home.start({ args: ['check'], env }).ended()
      assert.match(
        larger.stdout,
        new RegExp(`^ok +broker .*MQTT ${version}; it refuses messages of 200 kB`, 'm'),
      )
      assert.equal(larger.code, 0)
      const doctor = await home.start({ args: ['doctor'], env }).ended(60_000)
      assert.match(doctor.stdout, /warn.*it refuses messages of 200 kB/)
    },
  )
}

/** Answers anything, and says it is a day later than it is. */
async function tomorrow(t: TestContext): Promise<string> {
  const server = createServer((_, response) => {
    response.setHeader('date', new Date(Date.now() + 24 * 3_600_000).toUTCString())
    response.end('{}')
  })
  server.listen(0, '127.0.0.1')
  await within('the server to listen', once(server, 'listening'))
  t.after(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('check tells a clock that is a day behind', { skip: noMosquitto }, async (t) => {
  const home = await makeHome(t)
  const lwaUrl = await tomorrow(t)
  const { code, stdout } = await home.start({ args: ['check'], env: { A2M_LWA_URL: lwaUrl } }).ended()
  assert.match(stdout, /^FAIL +clock .*1440 minutes behind.*net\/clock/m)
  assert.match(stdout, /^ok +Login with Amazon/m)
  assert.equal(code, 69)
})

test('check ends with 78 for what the operator has to set right', { skip: noMosquitto }, async (t) => {
  const home = await makeHome(t)
  await home.broker.stop()
  await home.broker.start({ passwords: { agent: 'correct-horse' } })
  const badEnv = {
    A2M_MQTT_USERNAME: 'agent',
    A2M_MQTT_PASSWORD: 'battery-staple',
    A2M_STATE_DIR: '/proc/a2m',
  }
  const broken = await home.start({ args: ['check'], env: badEnv }).ended()
  assert.match(broken.stdout, /^FAIL +broker .*mqtt\/refused/m)
  assert.match(broken.stdout, /^FAIL +state folder .*state\/unwritable/m)
  assert.match(broken.stdout, /^ok +Login with Amazon/m)
  assert.ok(!broken.stdout.includes('battery-staple'), 'the password is not shown')
  assert.equal(broken.code, 78)

  const wrong = await home.start({ args: ['check'], env: { A2M_GROUPS: 'not a slug!' } }).ended()
  assert.match(wrong.stdout, /^FAIL +settings .*\n? .*A2M_GROUPS/m)
  assert.equal(wrong.code, 78)
})

test('check says which player plays here, and how to get one', { skip: noMosquitto }, async (t) => {
  const home = await makeHome(t)
  const line = async (env: Readonly<Record<string, string>>): Promise<readonly [string, number | null]> => {
    const { code, stdout } = await home.start({ args: ['check'], env }).ended(60_000)
    return [/^.* player .*$/m.exec(stdout)?.[0] ?? stdout, code]
  }
  const nothing = tempFolder(t)
  const [without, withoutCode] = await line({ PATH: nothing, A2M_PLAYER: 'auto' })
  assert.match(without, /^ok .* none, .*apt install mpv/)
  assert.equal(withoutCode, 0)
  const [missing, missingCode] = await line({ PATH: nothing, A2M_PLAYER: 'mpv' })
  assert.match(missing, /^FAIL .*apt install mpv.*player\/missing/)
  assert.equal(missingCode, 78)
  const [maker, makerCode] = await line({ A2M_PLAYER: 'command', A2M_PLAYER_COMMAND: '/no/such/player' })
  assert.match(maker, /^FAIL .*\/no\/such\/player.*player\/missing/)
  assert.equal(makerCode, 78)
  assert.match((await line({ A2M_PLAYER: 'none' }))[0], /^ok .* none, which makes no sound$/)
})

test(
  'check starts mpv and names its version and devices',
  { skip: noMosquitto || requireTool('mpv') },
  async (t) => {
    const home = await makeHome(t)
    const found = await home.start({ args: ['check'], env: { A2M_PLAYER: 'auto' } }).ended(60_000)
    assert.match(found.stdout, /^ok +player .*mpv \d.* devices auto /m)
    assert.equal(found.code, 0)
    const env = { A2M_PLAYER: 'mpv', A2M_AUDIO_DEVICE: 'alsa/no-such-card' }
    const deaf = await home.start({ args: ['check'], env }).ended(60_000)
    assert.match(deaf.stdout, /^FAIL +player .*alsa\/no-such-card.*player\/device/m)
    assert.equal(deaf.code, 78)
  },
)
