import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmodSync, chownSync, cpSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer as createHttpsServer } from 'node:https'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { dirname, join } from 'node:path'
import { test, type TestContext } from 'node:test'

import { mainBundle, startCli } from '../support/cli-process.ts'
import { fakedClock, noFaketime } from '../support/faked-clock.ts'
import { makeHome, prefix, type Home } from '../support/home.ts'
import { noMosquitto } from '../support/mosquitto.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { createTlsAuthority } from '../support/tls-authority.ts'

const titles = [
  'Versions',
  'Settings',
  'State folder',
  'Clock',
  'Names',
  'Broker',
  'Login with Amazon',
  'Amazon Music',
  'Player',
  'Sound cards',
  'Service',
  'Running agent',
  'Last warnings and errors',
]

interface Finding {
  readonly mark: string
  readonly name: string
  readonly words: string
  readonly code?: string
}

interface Page {
  readonly code: number | null
  /** `FAIL broker: mqtt/refused …` */
  readonly said: (section: string) => readonly string[]
  readonly failures: readonly string[]
  readonly text: string
  readonly tookMs: number
}

async function ask(home: Pick<Home, 'start'>, env: Readonly<Record<string, string>> = {}): Promise<Page> {
  const beganMs = performance.now()
  const { code, stdout, stderr } = await home.start({ args: ['doctor', '--json'], env }).ended(30_000)
  const tookMs = performance.now() - beganMs
  assert.equal(stderr, '')
  return pageOf(code, stdout, tookMs)
}

function pageOf(code: number | null, stdout: string, tookMs = 0): Page {
  const { sections } = JSON.parse(stdout) as {
    sections: readonly { readonly title: string; readonly findings: readonly Finding[] }[]
  }
  assert.deepEqual(
    sections.map(({ title }) => title),
    titles,
  )
  const inWords = ({ mark, name, words, code: at }: Finding): string =>
    `${mark} ${name}: ${at === undefined ? '' : `${at} `}${words}`
  return {
    code,
    text: stdout,
    tookMs,
    said: (section) =>
      (sections.find(({ title }) => title === section)?.findings ?? []).map((finding) => inWords(finding)),
    failures: sections
      .flatMap(({ findings }) => findings)
      .filter(({ mark }) => mark === 'FAIL')
      .map(inWords),
  }
}

const has = (lines: readonly string[], form: RegExp): void =>
  assert.ok(
    lines.some((line) => form.test(line)),
    `${String(form)} in\n${lines.join('\n')}`,
  )

test('all is well: a page of its sections, and 0', { skip: noMosquitto }, async (t) => {
  const home = await makeHome(t)
  home.start()
  await home.signIn()
  const { code, stdout } = await home.start({ args: ['doctor'] }).ended()
  assert.equal(code, 0, stdout)
  assert.deepEqual(
    [...stdout.matchAll(/^## (.*)$/gm)].map(([, title]) => title),
    titles,
  )
  const lines = stdout.split('\n')
  assert.ok(lines.length <= 100, `${lines.length} lines`)
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

test(
  'without an agent it asks by itself, begins no sign-in and leaves no trace',
  { skip: noMosquitto },
  async (t) => {
    const home = await makeHome(t)
    mkdirSync(home.stateDir, { mode: 0o755 })
    chmodSync(home.stateDir, 0o755)
    const page = await ask(home)
    assert.deepEqual([page.code, page.failures], [0, []])
    has(page.said('Running agent'), /^warn agent: none runs/)
    has(page.said('Login with Amazon'), /^ok client id: not refused/)
    has(page.said('Amazon Music'), /^info signed-in call: not tried/)
    has(page.said('State folder'), /^warn sign-in: account\/signed-out none is saved/)
    assert.equal(home.sandbox.control.codes().length, 0, 'no code was asked for')
    assert.deepEqual(readdirSync(home.stateDir), [], 'nothing is left behind')
    assert.equal(statSync(home.stateDir).mode & 0o777, 0o755, 'nor is anything changed')
    const later = await home.visit()
    await later.publish('end', 'of what was said')
    await later.next('end')
    assert.deepEqual(later.inbox.left, [])
  },
)

test('a state folder that is not there yet is not made', { skip: noMosquitto }, async (t) => {
  const home = await makeHome(t)
  has((await ask(home)).said('State folder'), /^info state folder: .* not there yet/)
  assert.throws(() => statSync(home.stateDir))
})

test('a client id that Amazon does not know is told', { skip: noMosquitto }, async (t) => {
  const home = await makeHome(t, {
    sandbox: { clientIds: ['amzn1.application-oa2-client.another'] },
  })
  const page = await ask(home)
  has(page.said('Login with Amazon'), /^FAIL client id: account\/client/)
  assert.equal(page.code, 69)
})

test('services that are down, names that do not exist', { skip: noMosquitto }, async (t) => {
  const home = await makeHome(t)
  await home.broker.stop()
  await home.sandbox.close()
  const down = await ask(home)
  has(down.said('Broker'), /^FAIL broker: net\/refused/)
  has(down.said('Login with Amazon'), /^FAIL Login with Amazon: net\/refused/)
  has(down.said('Amazon Music'), /^FAIL Amazon Music: net\/refused/)
  has(down.said('Clock'), /^warn time: .*nobody answered/)
  has(down.said('State folder'), /not there yet/)
  assert.equal(down.code, 69)

  const nameless = await ask(home, {
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
  const page = await ask(home, { A2M_MQTT_USERNAME: 'agent', A2M_MQTT_PASSWORD: 'battery-staple' })
  has(page.said('Broker'), /^FAIL broker: mqtt\/refused .*wrong user name or password|not authorized/)
  assert.ok(!page.text.includes('battery-staple'))
  assert.equal(page.code, 78)
  const right = await ask(home, { A2M_MQTT_USERNAME: 'agent', A2M_MQTT_PASSWORD: 'correct-horse' })
  has(right.said('Broker'), /^ok broker: lets the agent in, MQTT 5/)
})

test('without any settings it says which are missing, and does all else that it can', async () => {
  const cli = startCli({
    args: ['doctor', '--json'],
    env: { HOME: '/nonexistent', A2M_LWA_URL: 'http://127.0.0.1:9', A2M_MUSIC_URL: 'http://127.0.0.1:9' },
  })
  const { code, stdout } = await cli.ended(30_000)
  const page = pageOf(code, stdout)
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

test('one wrong setting keeps only what it is about from being tried', { skip: noMosquitto }, async (t) => {
  const home = await makeHome(t)
  const page = await ask(home, { A2M_STATE_DIR: '~/state', A2M_MQT_URL: 'slip', A2M_LWA_CLIENT_ID: 'wrong' })
  has(page.failures, /A2M_STATE_DIR: expected a path/)
  has(page.failures, /A2M_MQT_URL is no setting: did you mean/)
  has(page.said('State folder'), /^warn state folder: not tried/)
  has(page.said('Broker'), /^ok broker: lets the agent in/)
  has(page.said('Amazon Music'), /^ok Amazon Music/)
  assert.equal(page.code, 78)
})

test('a clock that is wrong is told by how much', { skip: noMosquitto || noFaketime }, async (t) => {
  const home = await makeHome(t)
  const page = await ask(home, fakedClock(t, -86_400).env)
  has(page.said('Clock'), /^FAIL time: net\/clock .* 14(39|40|41) minutes behind/)
  has(page.said('Login with Amazon'), /^ok Login with Amazon/)
  assert.equal(page.code, 69)
})

test('so it is where certificates are refused for it', { skip: noMosquitto || noFaketime }, async (t) => {
  const home = await makeHome(t)
  await using authority = await createTlsAuthority()
  const { cert, key } = await authority.issue('localhost')
  const server = createHttpsServer({ cert, key }, (_, response) => void response.end('{}'))
  server.listen(0, 'localhost')
  await once(server, 'listening')
  t.after(() => server.close())
  const url = `https://localhost:${(server.address() as AddressInfo).port}`
  const env = { A2M_LWA_URL: url, A2M_MUSIC_URL: url, NODE_EXTRA_CA_CERTS: authority.caFile }
  const right = await ask(home, env)
  has(right.said('Clock'), /^ok time: .*as the servers have it/)
  const wrong = await ask(home, { ...env, ...fakedClock(t, -400 * 86_400).env })
  has(wrong.said('Login with Amazon'), /^FAIL Login with Amazon: net\/clock/)
  has(wrong.said('Clock'), /^FAIL time: net\/clock .* is before this agent was made/)
  has(wrong.said('Clock'), /^FAIL time: net\/clock .* (575\d{3}|576\d{3}) minutes behind/)
})

test(
  'what accepts a connection and is silent does not hold the page up',
  { skip: noMosquitto },
  async (t) => {
    const home = await makeHome(t)
    const silent = createServer(() => undefined)
    const url = `127.0.0.1:${await listening(t, silent)}`
    const page = await ask(home, {
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
  await once(server, 'listening')
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

test('an agent that cannot sign in says so, with what to do', { skip: noMosquitto }, async (t) => {
  const home = await makeHome(t, { sandbox: { clientIds: [] } })
  home.start()
  await home.client.next(`${prefix}/account`, ({ text }) => text.includes('account/client'))
  const page = await ask(home)
  has(page.said('Running agent'), /^FAIL account: account\/client needs configuration/)
  has(page.said('Last warnings and errors'), /^info account: account\/client 2\d{3}-.* /)
})

const nobody = 65_534

/** The command line as another user than root. */
async function asNobody(t: TestContext, env: Readonly<Record<string, string>>): Promise<Page> {
  const folder = tempFolder(t)
  cpSync(dirname(mainBundle), join(folder, 'dist'), { recursive: true })
  chmodSync(folder, 0o755)
  const args = [`--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups']
  const main = join(folder, 'dist', 'main.cjs')
  return new Promise((resolve) => {
    execFile(
      'setpriv',
      [...args, process.execPath, main, 'doctor', '--json'],
      { env: { PATH: process.env['PATH'], ...env }, timeout: 30_000 },
      (error, stdout) => resolve(pageOf(error === null ? 0 : Number(error.code), stdout)),
    )
  })
}

test(
  'a state folder that this user cannot write, or may not look into',
  { skip: noMosquitto || (process.getuid?.() !== 0 && 'only root can become another user') },
  async (t) => {
    const home = await makeHome(t)
    const folder = tempFolder(t)
    chmodSync(folder, 0o755)
    const stateDir = join(folder, 'state')
    mkdirSync(stateDir, { mode: 0o500 })
    chownSync(stateDir, nobody, nobody)
    const env = { ...home.env, A2M_STATE_DIR: stateDir }
    const unwritable = await asNobody(t, env)
    has(unwritable.said('State folder'), /^FAIL writable: state\/unwritable .*EACCES/)
    assert.equal(unwritable.code, 78)

    // As it is when the agent was started by root once, by mistake.
    chownSync(stateDir, 0, 0)
    has((await asNobody(t, env)).said('State folder'), /^FAIL writable: state\/unwritable/)

    // As an ordinary user finds the service's.
    chmodSync(stateDir, 0o700)
    chownSync(stateDir, 1, 1)
    const foreign = await asNobody(t, env)
    has(foreign.said('State folder'), /^warn writable: it belongs to user 1/)
    has(foreign.said('State folder'), /^warn files: this user may not see/)
    has(foreign.said('Running agent'), /^warn agent: this user may not ask it/)
    assert.deepEqual([foreign.code, foreign.failures], [0, []])
    has((await ask(home, env)).said('State folder'), /^info writable: tried by root/)
  },
)

test('nothing secret is on the page, wherever it was', { skip: noMosquitto }, async (t) => {
  const home = await makeHome(t)
  mkdirSync(home.stateDir, { mode: 0o700 })
  const plant = (file: string, content: object): void =>
    writeFileSync(join(home.stateDir, file), JSON.stringify(content), { mode: 0o600 })
  plant('tokens.json', {
    refresh_token: 'Atzr|MARKER-token',
    client_id: home.env['A2M_LWA_CLIENT_ID'],
    scopes: ['music::playback'],
    user_id: 'amzn1.account.MARKERMARKER',
  })
  plant('login.json', {
    state: 'awaiting_user',
    user_code: 'MARKER7',
    verification_uri: 'https://amazon.com/code',
    verification_uri_complete: 'https://amazon.com/code?cbl-code=MARKER7',
    expires_at: '2030-01-01T00:00:00.000Z',
    attempt: 1,
  })
  const passwordFile = join(tempFolder(t), 'password')
  writeFileSync(passwordFile, 'MARKER-from-a-file\n')
  const broker = `mqtt://MARKER-user:MARKER-password@localhost:${home.broker.port}`
  const environments: readonly Readonly<Record<string, string>>[] = [
    {
      A2M_MQTT_URL: broker,
      A2M_HOOK: '/bin/hook --key MARKER',
      A2M_LWA_CLIENT_ID: `amzn1.application-oa2-client.MARKER0123456789`,
    },
    { A2M_MQTT_USERNAME: 'MARKER-user', A2M_MQTT_PASSWORD: 'MARKER-password' },
    { A2M_MQTT_USERNAME: 'MARKER-user', A2M_MQTT_PASSWORD_FILE: passwordFile },
    // In the wrong places, and in the wrong form.
    { A2M_MQTT_URL: 'MARKER://user:MARKER@x', A2M_LWA_URL: 'https://u:MARKER@x', A2M_GROUPS: 'MARKER!' },
    {
      A2M_LWA_CLIENT_ID: 'MARKER',
      A2M_DEVICE_NAME: 'MARKER',
      A2M_QUIET_HOURS: 'MARKER',
    },
    { A2M_PLAYER: 'command', A2M_PLAYER_COMMAND: 'false MARKER' },
    { A2M_MQTT_USERNAME: 'u', A2M_MQTT_PASSWORD: 'MARKER-a', A2M_MQTT_PASSWORD_FILE: passwordFile },
  ]
  for (const env of environments) {
    for (const args of [['doctor'], ['doctor', '--json']]) {
      const { stdout, stderr } = await home.start({ args, env }).ended(30_000)
      assert.ok(stdout.includes('Last warnings and errors'), stdout)
      assert.ok(!(stdout + stderr).includes('MARKER'), stdout + stderr)
    }
  }
})

test(
  'the page of a running agent holds neither its tokens nor the code that waits',
  { skip: noMosquitto },
  async (t) => {
    const home = await makeHome(t)
    home.start()
    const shown = await home.client.next(`${prefix}/login`, ({ text }) => text.includes('awaiting_user'))
    const { user_code: userCode } = JSON.parse(shown.text) as { user_code: string }
    const waiting = await ask(home)
    has(waiting.said('Running agent'), /^warn account: .*a code waits/)
    assert.ok(!waiting.text.includes(userCode))
    home.sandbox.control.approve(userCode)
    await home.client.next(`${prefix}/account`, ({ text }) => text.includes('"state":"signed_in"'))
    const page = await ask(home)
    has(page.said('Amazon Music'), /^ok signed-in call/)
    assert.doesNotMatch(page.text, /At[a-z]{2}\|/)
  },
)
