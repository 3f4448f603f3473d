import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { promisify } from 'node:util'

import { mainBundle } from '../../support/cli-process.ts'
import { eventually, within } from '../../support/eventually.ts'
import { makeHome, prefix, type Home } from '../../support/built-agent.ts'
import { noMosquitto } from '../../support/mqtt/mosquitto.ts'

/** Debian's daemon and nobody: any two users that are not root. */
const service = 1
const stranger = 65534

const skip = noMosquitto || (process.getuid?.() === 0 ? false : 'only root can become other users')

function as(user: number, command: readonly string[]): readonly string[] {
  return ['--reuid', String(user), '--regid', String(user), '--clear-groups', '--', ...command]
}

/** Folders as systemd makes them for the unit, and the agent as its user with the unit's umask. */
function startAsService(
  t: TestContext,
  home: Home,
): { runtime: string; end(signal: NodeJS.Signals): Promise<void> } {
  chmodSync(dirname(home.stateDir), 0o755)
  const runtime = join(dirname(home.stateDir), 'run')
  for (const [folder, mode] of [
    [home.stateDir, 0o700],
    [runtime, 0o755],
  ] as const) {
    mkdirSync(folder, { recursive: true })
    chmodSync(folder, mode)
    chownSync(folder, service, service)
  }
  const command = ['sh', '-c', 'umask 0077; exec "$0" "$1" run', process.execPath, mainBundle]
  const agent = spawn('setpriv', as(service, command), {
    env: { PATH: process.env['PATH'], ...home.env, RUNTIME_DIRECTORY: runtime },
    stdio: 'ignore',
  })
  const gone = once(agent, 'exit')
  t.after(() => agent.kill('SIGKILL'))
  return {
    runtime,
    async end(signal) {
      agent.kill(signal)
      await within('the end of the agent', gone)
    },
  }
}

async function readAs(user: number, path: string): Promise<string> {
  return (await promisify(execFile)('setpriv', [...as(user, ['cat', path])])).stdout
}

async function shownCode(home: Home): Promise<string> {
  const { text } = await home.client.next(`${prefix}/login`, (message) =>
    message.text.includes('awaiting_user'),
  )
  return (JSON.parse(text) as { user_code: string }).user_code
}

test(
  'any user reads motd and issue of the service; a kill leaves them, and the next start shows its own code',
  { skip },
  async (t) => {
    const home = await makeHome(t)
    const killed = startAsService(t, home)
    const code = await shownCode(home)
    for (const name of ['motd', 'issue']) {
      assert.ok((await readAs(stranger, join(killed.runtime, name))).includes(code), name)
    }
    await assert.rejects(readAs(stranger, join(home.stateDir, 'login.json')), 'the state folder stays closed')
    await killed.end('SIGKILL')
    assert.deepEqual(readdirSync(killed.runtime).sort(), ['issue', 'motd'])

    const agent = startAsService(t, home)
    const next = await shownCode(home)
    assert.notEqual(next, code)
    assert.equal(readFileSync(join(agent.runtime, 'motd'), 'utf8').includes(next), true)
    home.sandbox.control.approve(next)
    await eventually('the files go', () => readdirSync(agent.runtime).length === 0)
    await agent.end('SIGTERM')
    assert.equal(existsSync(join(home.stateDir, 'login.json')), false)
  },
)

test('an agent that is signed in takes away what a killed one has left', { skip }, async (t) => {
  const home = await makeHome(t)
  const first = startAsService(t, home)
  home.sandbox.control.approve(await shownCode(home))
  await eventually(
    'the files go',
    () => existsSync(join(home.stateDir, 'tokens.json')) && readdirSync(first.runtime).length === 0,
  )
  await first.end('SIGTERM')
  for (const name of ['motd', 'issue']) {
    await promisify(execFile)('setpriv', [...as(service, ['cp', mainBundle, join(first.runtime, name)])])
  }
  const agent = startAsService(t, home)
  await eventually('the files go', () => readdirSync(agent.runtime).length === 0)
  assert.equal(existsSync(join(home.stateDir, 'tokens.json')), true, 'it is signed in still')
})

for (const [who, user] of [
  ['its own user', service],
  ['root', 0],
] as const) {
  test(
    `login beside the service, as ${who}, shows its code and ends when it is signed in`,
    { skip },
    async (t) => {
      const home = await makeHome(t)
      const agent = startAsService(t, home)
      const code = await shownCode(home)
      const login = spawn('setpriv', as(user, [process.execPath, mainBundle, 'login']), {
        env: { PATH: process.env['PATH'], A2M_STATE_DIR: home.stateDir },
      })
      t.after(() => login.kill('SIGKILL'))
      let said = ''
      for (const stream of [login.stdout, login.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => (said += text))
      }
      const gone = once(login, 'exit') as Promise<[number | null]>
      await eventually('the code in the terminal', () => said.includes(`    ${code}\n`))
      home.sandbox.control.approve(code)
      assert.deepEqual(await within('the end of login', gone), [0, null], said)
      assert.match(said, /This device is signed in\.\n$/)
      for (const name of readdirSync(home.stateDir)) {
        assert.equal(statSync(join(home.stateDir, name)).uid, service, `${name} belongs to the service`)
      }
      await agent.end('SIGTERM')
    },
  )
}

test('login as a stranger says whose the state folder is, and waits for nothing', { skip }, async (t) => {
  const home = await makeHome(t)
  startAsService(t, home)
  await shownCode(home)
  await assert.rejects(
    promisify(execFile)('setpriv', [...as(stranger, [process.execPath, mainBundle, 'login'])], {
      env: { PATH: process.env['PATH'], A2M_STATE_DIR: home.stateDir },
    }),
    (error: Error & { stderr: string }) => /\(state\/unwritable\)/.test(error.stderr),
  )
})
