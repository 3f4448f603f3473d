import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import { repository } from '../../support/debian-package.ts'
import { tempFolder } from '../../support/temp-folder.ts'

interface Installed {
  readonly folder: string
  readonly run: (args: readonly string[], env?: Readonly<Record<string, string>>) => Ran
}

interface Ran {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

const isRoot = process.getuid?.() === 0

/**
 * The wrapper with another place for its files. It is run by somebody who is not root; `isService`: who counts as the
 * service's user.
 */
function install(
  t: TestContext,
  settings: string | undefined,
  { isService = true, nodeThere = true }: { isService?: boolean; nodeThere?: boolean } = {},
): Installed {
  const folder = tempFolder(t)
  const user = isRoot ? 'nobody' : userInfo().username
  const [lib, state] = ['lib', 'state'].map((name) => {
    mkdirSync(join(folder, name))
    return join(folder, name)
  }) as [string, string]
  symlinkSync(process.execPath, join(folder, 'system-node'))
  if (nodeThere) symlinkSync(process.execPath, join(lib, 'node'))
  symlinkSync(join(repository, 'dist', 'main.cjs'), join(lib, 'main.cjs'))
  if (settings !== undefined) writeFileSync(join(folder, 'settings.env'), settings)
  const text = readFileSync(join(repository, 'scripts/package/amazonmusic2mqtt.sh'), 'utf8')
    .replaceAll('/usr/lib/amazonmusic2mqtt', lib)
    .replaceAll('/etc/amazonmusic2mqtt/amazonmusic2mqtt.env', join(folder, 'settings.env'))
    .replaceAll('/var/lib/amazonmusic2mqtt', state)
    .replaceAll('/usr/bin/node', join(folder, 'system-node'))
    .replace('service=amazonmusic2mqtt', `service=${isService ? user : 'somebody-else'}`)
  const wrapper = join(folder, 'amazonmusic2mqtt')
  writeFileSync(wrapper, text)
  chmodSync(wrapper, 0o755)
  chmodSync(folder, 0o755)
  return {
    folder,
    run(args, env = {}) {
      const become = isRoot ? ['setpriv', '--reuid=nobody', '--clear-groups'] : ['env']
      const [command = '', ...rest] = [...become, wrapper, ...args]
      return spawnSync(command, rest, {
        encoding: 'utf8',
        env: { PATH: process.env['PATH'], HOME: folder, ...env },
      })
    },
  }
}

test("the installed command speaks to the service's state folder", (t) => {
  const { folder, run } = install(t, '#A2M_MQTT_URL=mqtt://localhost:1883\n')
  const { status, stdout } = run(['status'])
  assert.equal(stdout, `No agent runs on ${folder}/state.\n`)
  assert.equal(status, 69)
})

test('it reads the settings of the service, and a variable that is set is stronger', (t) => {
  const { folder, run } = install(t, 'A2M_STATE_DIR=/nowhere/of-the-file\n')
  assert.equal(run(['status']).stdout, 'No agent runs on /nowhere/of-the-file.\n')
  const own = join(folder, 'own')
  assert.equal(run(['status'], { A2M_STATE_DIR: own }).stdout, `No agent runs on ${own}.\n`)
})

test('without settings it runs, and says itself what it lacks', (t) => {
  const { run } = install(t, undefined)
  const { status, stderr } = run([])
  assert.equal(status, 78)
  assert.match(stderr, /A2M_LWA_CLIENT_ID is not set/)
})

test('somebody who may not read the settings is told to use sudo, unless the state folder is their own', (t) => {
  const { folder, run } = install(t, undefined, { isService: false })
  const { status, stderr } = run(['login', '--log-level', 'warn'])
  assert.equal(status, 78)
  assert.match(stderr, /Run: sudo amazonmusic2mqtt login --log-level warn\n$/)
  const own = join(folder, 'own')
  assert.equal(run(['status'], { A2M_STATE_DIR: own }).status, 69)
  assert.equal(run(['status', '--state-dir', own]).stdout, `No agent runs on ${own}.\n`)
})

test('the doctor comes to everybody', (t) => {
  const { run } = install(t, undefined, { isService: false })
  assert.match(run(['doctor']).stdout, /^# amazonmusic2mqtt doctor/)
})

test('what needs no service asks for nothing of it', (t) => {
  const { run } = install(t, 'this is read by nobody', { isService: false })
  assert.match(run(['--version']).stdout, /^\d+\.\d+\.\d+/)
  assert.match(run(['--help']).stdout, /Exit codes/)
  assert.match(run(['check-player', '--help']).stdout, /Exit codes/)
  assert.match(run(['sandbox', '--port', 'x']).stderr, /--port: expected a number/)
})

test('a Node of its own comes before that of the system, and each becomes the process that was started', (t) => {
  for (const nodeThere of [true, false]) {
    const { folder, run } = install(t, '', { nodeThere })
    const told = join(folder, 'told.cjs')
    // A shell that stayed would be the parent that systemd watches.
    writeFileSync(told, `require('node:fs').writeSync(1, process.ppid + ' ' + process.argv0 + '\\n')\n`)
    const { stdout } = run(['--version'], { NODE_OPTIONS: `--require=${told}` })
    const node = nodeThere ? join(folder, 'lib', 'node') : join(folder, 'system-node')
    assert.equal(stdout.split('\n')[0], `${process.pid} ${node}`)
  }
})

test('the installed command keeps what Node.js writes for NODE_DEBUG out of the log, which would hold passwords', (t) => {
  const { run } = install(t, 'A2M_MQTT_URL=mqtt://127.0.0.1:9\nNODE_DEBUG=net,http\n')
  const { stderr, stdout } = run(['check'], { NODE_DEBUG: '*', NODE_DEBUG_NATIVE: '*' })
  assert.match(stdout, /A2M_LWA_CLIENT_ID/)
  assert.doesNotMatch(`${stdout}${stderr}`, /^[A-Z_0-9]+ \d+: /m)
})
