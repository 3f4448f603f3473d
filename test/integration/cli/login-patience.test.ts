import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import { runCommand } from '../../../src/cli/cli.ts'
import { startSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts'
import { eventually } from '../../support/eventually.ts'
import { clientId } from '../../support/built-agent.ts'
import { ManualClock } from '../../support/clocks/manual-clock.ts'
import { realTime } from '../../support/real-time.ts'
import { signalGroup } from '../../support/signal-group.ts'
import { tempFolder } from '../../support/temp-folder.ts'

interface Login {
  readonly clock: ManualClock
  readonly sandbox: Sandbox
  readonly stateDir: string
  readonly said: () => string
  /** The exit code; undefined while it runs. */
  readonly exitCode: () => number | undefined
  /** Moves the clock on, from sleep to sleep, until it has ended. @returns the exit code and the minutes it took */
  readonly end: () => Promise<{ readonly exitCode: number | undefined; readonly minutes: number }>
}

/** `login` where no agent runs, on a clock that only the test moves. */
async function startLogin(t: TestContext, prepare: (sandbox: Sandbox) => void): Promise<Login> {
  const clock = new ManualClock()
  const sandbox = await startSandbox({ clock })
  t.after(() => sandbox.close())
  prepare(sandbox)
  const stateDir = join(tempFolder(t), 'state')
  const said: string[] = []
  const terminal = { write: (text: string) => said.push(text) }
  const stop = new AbortController()
  let exitCode: number | undefined
  const running = runCommand(
    {
      argv: ['login'],
      env: { A2M_LWA_CLIENT_ID: clientId, A2M_LWA_URL: sandbox.url, A2M_STATE_DIR: stateDir },
      facts: {
        hostName: 'kitchen',
        homeDir: '/nonexistent',
        readFile: () => {
          throw new Error('no file')
        },
      },
      clock,
      random: () => 0.5,
      stdout: terminal,
      stderr: terminal,
      rssBytes: () => 0,
      fault: new AbortController().signal,
      uptimeMs: () => 0,
      nodeVersion: process.version,
      signalGroup,
      pid: process.pid,
    },
    stop.signal,
  ).then((code) => (exitCode = code))
  t.after(async () => {
    stop.abort()
    await running
    assert.equal(clock.sleeping, 0)
  })
  return {
    clock,
    sandbox,
    stateDir,
    said: () => said.join(''),
    exitCode: () => exitCode,
    async end() {
      const startMs = clock.monotonicMs()
      await eventually('the end of login', () => exitCode !== undefined, {
        seen: () => said.join(''),
        step: async () => {
          await realTime(1, 'answers come over real sockets')
          await clock.advance(1_000)
        },
      })
      return { exitCode, minutes: Math.round((clock.monotonicMs() - startMs) / 60_000) }
    },
  }
}

test('login gives up after five minutes without a code, says why, and frees the state folder', async (t) => {
  const login = await startLogin(t, ({ control }) => {
    control.fault({ path: '/auth/o2/create', status: 503, times: 1_000 })
  })
  await eventually('a first try', () => login.said().includes('No code yet'))
  const { exitCode, minutes } = await login.end()
  assert.equal(exitCode, 69)
  // A step of the test's clock may come while an answer is on its way.
  assert.ok(minutes >= 5 && minutes <= 6, String(minutes))
  assert.match(login.said(), /No code could be shown after 5 minutes: .*503/)
  assert.match(login.said(), /\(account\/unavailable\)/)
  assert.equal(existsSync(join(login.stateDir, 'agent.sock')), false)
})

test('login gives up on a sign-in that is saved and does not work, and says so', async (t) => {
  const login = await startLogin(t, () => undefined)
  await eventually('a code', () => login.said().includes('enter the code'))
  login.sandbox.control.approve()
  // The poll is served, and every refresh after it refused.
  login.sandbox.control.fault({ path: '/auth/o2/token', delayMs: 1 })
  login.sandbox.control.fault({
    path: '/auth/o2/token',
    status: 403,
    body: { error: 'Forbidden' },
    times: 1_000,
  })
  const { exitCode, minutes } = await login.end()
  assert.equal(exitCode, 69)
  assert.ok(minutes <= 7, String(minutes))
  assert.match(login.said(), /The sign-in is saved, but does not work yet after 5 minutes: .*403 Forbidden/)
  assert.equal(existsSync(join(login.stateDir, 'tokens.json')), true)
})

test('while a code waits for the user, login waits too', async (t) => {
  const login = await startLogin(t, () => undefined)
  await eventually('a code', () => login.said().includes('enter the code'))
  for (let minute = 0; minute < 9; minute++) await login.clock.advance(60_000)
  assert.equal(login.exitCode(), undefined)
  login.sandbox.control.approve()
  assert.equal((await login.end()).exitCode, 0)
})
