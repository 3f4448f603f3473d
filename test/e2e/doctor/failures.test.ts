import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { test, type TestContext } from 'node:test'

import { settingKeys, settingsTable } from '../../../src/settings/table.ts'
import { startCli } from '../../support/cli-process.ts'
import { askDoctor, doctorPage, has, sectionTitles } from '../../support/doctor-page.ts'
import { makeHome } from '../../support/built-agent.ts'
import { noMosquitto } from '../../support/mqtt/mosquitto.ts'
import { within } from '../../support/eventually.ts'

test('a client id that Amazon does not know is told', { skip: noMosquitto }, async (t) => {
  const home = await makeHome(t, {
    sandbox: { clientIds: ['amzn1.application-oa2-client.another'] },
  })
  const page = await askDoctor(home)
  has(page.said('Login with Amazon'), /^FAIL client id: account\/client/)
  assert.equal(page.code, 69)
})

test('services that are down, names that do not exist', { skip: noMosquitto }, async (t) => {
  const home = await makeHome(t)
  await home.broker.stop()
  await home.sandbox.close()
  const down = await askDoctor(home)
  has(down.said('Broker'), /^FAIL broker: net\/refused/)
  has(down.said('Login with Amazon'), /^FAIL Login with Amazon: net\/refused/)
  has(down.said('Amazon Music'), /^FAIL Amazon Music: net\/refused/)
  has(down.said('Clock'), /^warn time: .*nobody answered/)
  has(down.said('State folder'), /not there yet/)
  assert.equal(down.code, 69)

  const nameless = await askDoctor(home, {
    A2M_MQTT_URL: 'mqtt://broker.invalid',
    A2M_LWA_URL: 'https://lwa.invalid',
  })
  for (const name of ['broker.invalid', 'lwa.invalid']) {
    has(nameless.said('Names'), new RegExp(`^FAIL name: net/dns ${name}: there is no such name`))
  }
  has(nameless.said('Broker'), /^FAIL broker: net\/dns/)
  has(nameless.said('Login with Amazon'), /^FAIL Login with Amazon: net\/dns/)
  has(nameless.said('Amazon Music'), /^FAIL Amazon Music: net\/refused/)
})

test('a wrong password at the broker is told, and not shown', { skip: noMosquitto }, async (t) => {
  const home = await makeHome(t, { broker: { lines: [] } })
  await home.broker.stop()
  await home.broker.start({ passwords: { agent: 'correct-horse' } })
  const page = await askDoctor(home, { A2M_MQTT_USERNAME: 'agent', A2M_MQTT_PASSWORD: 'battery-staple' })
  has(page.said('Broker'), /^FAIL broker: mqtt\/refused .*wrong user name or password|not authorized/)
  assert.equal(page.text.includes('battery-staple'), false)
  assert.equal(page.code, 78)
  const right = await askDoctor(home, { A2M_MQTT_USERNAME: 'agent', A2M_MQTT_PASSWORD: 'correct-horse' })
  has(right.said('Broker'), /^ok broker: lets the agent in, MQTT 5/)
})

test('without any settings it says which are missing, and does all else that it can', async () => {
  const cli = startCli({
    args: ['doctor', '--json'],
    env: { HOME: '/nonexistent', A2M_LWA_URL: 'http://127.0.0.1:9', A2M_MUSIC_URL: 'http://127.0.0.1:9' },
  })
  const { code, stdout } = await cli.ended(30_000)
  const page = doctorPage(code, stdout)
  has(page.failures, /^FAIL not usable: settings\/invalid A2M_LWA_CLIENT_ID is not set/)
  has(page.failures, /^FAIL not usable: settings\/invalid A2M_SECURITY_PROFILE_ID is not set/)
  has(page.said('Login with Amazon'), /^FAIL Login with Amazon: net\/refused/)
  has(page.said('Login with Amazon'), /^warn client id: not tried without A2M_LWA_CLIENT_ID/)
  has(page.said('Broker'), /^info broker: mqtt:\/\/localhost:1883/)
  has(
    page.said('State folder'),
    process.getuid?.() === 0 ? /state folder/ : /^FAIL state folder: state\/unwritable/,
  )
  assert.equal(code, 78)
})

test('with everything wrong at once it is still a page, and the worst is on it', async () => {
  const slips = settingKeys.map((key) => [`${settingsTable[key].env}X`, 'a slip of the pen'] as const)
  const nowhere = 'http://127.0.0.1:9'
  const env = {
    ...Object.fromEntries<string>(slips),
    HOME: '/nonexistent',
    A2M_LWA_URL: nowhere,
    A2M_MUSIC_URL: nowhere,
    A2M_MQTT_URL: 'mqtt://127.0.0.1:9',
  }
  const { stdout } = await startCli({ args: ['doctor'], env }).ended(30_000)
  const lines = stdout.trimEnd().split('\n')
  assert.ok(lines.length <= 120, `${lines.length} lines`)
  assert.deepEqual(
    lines.filter((line) => line.startsWith('## ')),
    sectionTitles.map((title) => `## ${title}`),
  )
  for (const name of ['not usable', 'broker', 'Login with Amazon', 'Amazon Music'])
    has(lines, new RegExp(`^ {4}FAIL {2}${name} `))
  has(lines, /^ {4}info {2}left out .* \d+ more \(\d+ FAIL\); doctor --json shows all$/)
})

test('one wrong setting keeps only what it is about from being tried', { skip: noMosquitto }, async (t) => {
  const home = await makeHome(t)
  const page = await askDoctor(home, {
    A2M_STATE_DIR: '~/state',
    A2M_MQT_URL: 'slip',
    A2M_LWA_CLIENT_ID: 'wrong',
  })
  has(page.failures, /A2M_STATE_DIR: expected a path/)
  has(page.failures, /A2M_MQT_URL is no setting: did you mean/)
  has(page.said('State folder'), /^warn state folder: not tried/)
  has(page.said('Broker'), /^ok broker: lets the agent in/)
  has(page.said('Amazon Music'), /^ok Amazon Music/)
  assert.equal(page.code, 78)
})

test(
  'what accepts a connection and is silent does not hold the page up',
  { skip: noMosquitto },
  async (t) => {
    const home = await makeHome(t)
    const silent = createServer(() => undefined)
    const url = `127.0.0.1:${await listening(t, silent)}`
    const page = await askDoctor(home, {
      A2M_MQTT_URL: `mqtt://${url}`,
      A2M_LWA_URL: `http://${url}`,
      A2M_MUSIC_URL: `http://${url}`,
    })
    has(page.said('Broker'), /^FAIL broker: net\/timeout/)
    has(page.said('Login with Amazon'), /^FAIL Login with Amazon: net\/timeout/)
    has(page.said('Amazon Music'), /^FAIL Amazon Music: net\/timeout/)
    assert.ok(page.tookMs < 15_000, `${page.tookMs} ms`)
  },
)

async function listening(t: TestContext, server: Server): Promise<number> {
  const sockets = new Set<{ destroy(): void }>()
  server.on('connection', (socket) => sockets.add(socket))
  server.listen(0, '127.0.0.1')
  await within('the server to listen', once(server, 'listening'))
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}
