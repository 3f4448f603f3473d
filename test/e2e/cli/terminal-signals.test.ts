import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import { systemClock } from '../../../src/lib/clock.ts'
import { askOwner } from '../../../src/control/control-client.ts'
import { mainBundle, startCli } from '../../support/cli-process.ts'
import { eventually, within } from '../../support/eventually.ts'
import { clientId, securityProfileId } from '../../support/built-agent.ts'
import { noMpv } from '../../integration/player/mpv-harness.ts'
import { tempFolder } from '../../support/temp-folder.ts'

const noTerminal = existsSync('/usr/bin/script') ? false : 'script is not here (Debian package bsdutils)'

function env(folder: string): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    A2M_LWA_CLIENT_ID: clientId,
    A2M_SECURITY_PROFILE_ID: securityProfileId,
    A2M_MQTT_URL: 'mqtt://localhost:1',
    A2M_LWA_URL: 'http://localhost:1',
    A2M_PLAYER: 'none',
    A2M_STATE_DIR: join(folder, 'state'),
  }
}

interface InTerminal {
  readonly child: ChildProcess
  readonly printed: () => string
  readonly pid: () => Promise<number>
}

/** Runs a line of shell in a real terminal. Its agent writes its process id first. */
function inTerminal(
  t: TestContext,
  folder: string,
  line: string,
  more: Record<string, string> = {},
): InTerminal {
  const pidFile = join(folder, 'pid')
  const agent = join(folder, 'agent.sh')
  writeFileSync(agent, `echo $$ >${pidFile}\nexec ${process.execPath} ${mainBundle} run\n`)
  const child = spawn('script', ['-qefc', line.replace('AGENT', `sh ${agent}`), '/dev/null'], {
    cwd: folder,
    env: { ...env(folder), SHELL: '/bin/sh', ...more },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part))
  const pid = async (): Promise<number> => {
    await eventually('the agent', () => existsSync(pidFile) && readFileSync(pidFile, 'utf8').endsWith('\n'))
    return Number(readFileSync(pidFile, 'utf8'))
  }
  t.after(async () => {
    if (existsSync(pidFile)) tryKill(Number(readFileSync(pidFile, 'utf8')))
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null)
      await within('the child to close', once(child, 'close'))
  })
  return { child, printed: () => text, pid }
}

function tryKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended.
  }
}

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

const log = (folder: string): string => {
  const path = join(folder, 'log')
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

/** Many answers later the signal has had its effect, if it has any: an agent that stops answers no more in a moment. */
async function endsOnlyOfSigterm(folder: string, pid: number): Promise<string> {
  process.kill(pid, 'SIGHUP')
  for (let n = 0; n < 200; n++) {
    const answer = await askOwner(join(folder, 'state'), 'status', systemClock, AbortSignal.timeout(20_000))
    assert.notEqual(answer, undefined, 'it still owns its state folder')
  }
  assert.equal(isAlive(pid), true)
  assert.doesNotMatch(log(folder), /Ended/)
  process.kill(pid, 'SIGTERM')
  await eventually('the end', () => !isAlive(pid))
  return log(folder)
}

test('under nohup the agent outlives SIGHUP', { skip: noTerminal }, async (t) => {
  const folder = tempFolder(t)
  const { pid } = inTerminal(t, folder, 'nohup AGENT >log 2>&1 </dev/tty')
  const id = await pid()
  await eventually('it runs', () => log(folder).includes(' runs'))
  assert.match(await endsOnlyOfSigterm(folder, id), /Ended/)
})

test('an agent whose shell ignores SIGHUP does so too, in a terminal', { skip: noTerminal }, async (t) => {
  const folder = tempFolder(t)
  const { pid } = inTerminal(t, folder, `trap '' HUP; AGENT >log; true`)
  const id = await pid()
  await eventually('it runs', () => log(folder).includes(' runs'))
  assert.match(await endsOnlyOfSigterm(folder, id), /Ended/)
})

test('a terminal that is closed ends the agent that runs in it', { skip: noTerminal }, async (t) => {
  const folder = tempFolder(t)
  const { child, pid } = inTerminal(t, folder, 'AGENT >log')
  const id = await pid()
  await eventually('it runs', () => log(folder).includes(' runs'))
  child.kill('SIGKILL')
  await eventually('the end', () => !isAlive(id))
  assert.match(log(folder), /Ended/)
})

test(
  'a user id without an entry in passwd and without HOME runs the agent',
  { skip: process.getuid?.() === 0 ? false : 'only root can be another user' },
  async (t) => {
    const folder = tempFolder(t)
    // A folder that this user may write.
    const state = `/tmp/a2m-nobody-${process.pid}`
    t.after(() => spawn('rm', ['-rf', state]))
    await using agent = startCli({
      args: ['run'],
      env: { ...env(folder), A2M_STATE_DIR: state },
      launcher: ['setpriv', '--reuid=54321', '--regid=54321', '--clear-groups'],
    })
    await agent.line(' runs')
    agent.kill('SIGTERM')
    const { code, stderr } = await agent.ended()
    assert.equal(code, 0, stderr)
    assert.doesNotMatch(stderr, /at .*\.(cjs|ts|js):\d+/)
    await using doctor = startCli({
      args: ['doctor'],
      env: { ...env(folder), A2M_STATE_DIR: state },
      launcher: ['setpriv', '--reuid=54321', '--regid=54321', '--clear-groups'],
    })
    const page = await doctor.ended(60_000)
    assert.match(page.stdout, /a user without a name \(54321\)/)
    assert.doesNotMatch(page.stdout, /internal\/fault|ERR_SYSTEM/)
    await using nowhere = startCli({
      args: ['run'],
      env: Object.fromEntries(Object.entries(env(folder)).filter(([name]) => name !== 'A2M_STATE_DIR')),
      launcher: ['setpriv', '--reuid=54321', '--regid=54321', '--clear-groups'],
    })
    const refused = await nowhere.ended()
    assert.equal(refused.code, 73)
    assert.match(refused.stderr, /A2M_STATE_DIR/)
  },
)

test(
  'Ctrl-C in a terminal reaches the agent, which ends its player; nothing is logged as a fault',
  { skip: noTerminal || noMpv },
  async (t) => {
    const folder = tempFolder(t)
    const { child, pid } = inTerminal(t, folder, 'AGENT >log', {
      A2M_PLAYER: 'mpv',
      A2M_AUDIO_DEVICE: 'null',
      HOME: folder,
    })
    const id = await pid()
    const players = (): readonly number[] =>
      readFileSync(`/proc/${id}/task/${id}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)
    const isMpv = (player: number): boolean => readFileSync(`/proc/${player}/comm`, 'utf8').startsWith('mpv')
    await eventually('mpv', () => players().some(isMpv) && /mpv/.test(log(folder)))
    const [player = 0] = players().filter(isMpv)
    // Field 8 is the foreground group of the terminal that a process has, field 5 its own group, field 6 its session.
    const [group, session] =
      readFileSync(`/proc/${player}/stat`, 'utf8').split(') ')[1]?.split(' ').slice(2, 4) ?? []
    assert.deepEqual([group, session], [String(player), String(player)], 'mpv has no part in the terminal')
    child.stdin?.write('\u0003')
    await eventually('the end', () => !isAlive(id))
    assert.equal(isAlive(player), false)
    assert.match(log(folder), /Ended/)
    const faults = log(folder)
      .split('\n')
      .filter((line) => /"level":"?(error|warn|50|40)/.test(line) && /player|mpv/.test(line))
    assert.deepEqual(faults, [])
  },
)
