import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { eventually } from '../../support/eventually.ts'
import { makeHome, prefix, type Home } from '../../support/built-agent.ts'
import { noMosquitto } from '../../support/mqtt/mosquitto.ts'

/** Ada plays. @returns her session */
async function playAsAda(home: Home): Promise<string> {
  await home.signIn()
  assert.equal((await home.ask('request/play', '{"query":"sunday kitchen","type":"playlist"}')).status, 'ok')
  await home.client.next(`${prefix}/state`, ({ text }) => text.includes('"state":"playing"'))
  const [session] = home.sandbox.control.sessions()
  return session?.sessionId ?? assert.fail('no session')
}

const refusedCalls = (home: Home): readonly string[] =>
  home.sandbox.control
    .requests(undefined, '/v1')
    .filter(({ status }) => status >= 400)
    .map(({ method, path, status }) => `${method} ${path} ${String(status)}`)

function assertNothingOnDisk(home: Home, sessionId: string): void {
  for (const name of readdirSync(home.stateDir).filter((file) => file.endsWith('.json'))) {
    assert.ok(!readFileSync(join(home.stateDir, name), 'utf8').includes(sessionId), name)
  }
}

test(
  'logout beside a running agent ends the music at the service, and who signs in next finds nothing',
  { skip: noMosquitto },
  async (t) => {
    const home = await makeHome(t)
    home.start()
    const sessionId = await playAsAda(home)
    assert.equal((await home.start({ args: ['logout'] }).ended()).code, 0)
    assert.deepEqual(home.sandbox.control.unfinished(), [])
    await home.client.next(
      `${prefix}/state`,
      ({ text }) => text.includes('"state":"off"') && text.includes('"session_id":null'),
    )
    assertNothingOnDisk(home, sessionId)

    const login = home.start({ args: ['login'] })
    await login.line('and enter the code')
    home.sandbox.control.approve(null, 'ben')
    assert.equal((await login.ended()).code, 0)
    assert.equal((await home.ask('command', 'play')).error?.code, 'playback/nothing')
    assert.deepEqual(refusedCalls(home), [])
  },
)

test(
  'what a killed agent has left is not used by an account that signs in while it is down',
  { skip: noMosquitto },
  async (t) => {
    const home = await makeHome(t)
    const agent = home.start({ env: { A2M_RESUME: 'playing' } })
    const sessionId = await playAsAda(home)
    // As a power cut: the stop is still to be told, and the disk holds what would be gone on with.
    await waitForStart(home)
    agent.kill('SIGKILL')
    await agent.ended()

    assert.equal((await home.start({ args: ['logout'] }).ended()).code, 0)
    assertNothingOnDisk(home, sessionId)
    const login = home.start({ args: ['login'] })
    await login.line('and enter the code')
    home.sandbox.control.approve(null, 'ben')
    assert.equal((await login.ended()).code, 0)

    home.sandbox.control.clearRequests()
    home.start({ env: { A2M_RESUME: 'playing' } })
    await home.client.next(`${prefix}/account`, ({ text }) => text.includes('"state":"signed_in"'))
    assert.equal((await home.ask('command', 'play')).error?.code, 'playback/nothing')
    assert.deepEqual(home.sandbox.control.requests(undefined, '/v1'), [])
  },
)

test(
  'a sign-in that was ended while the agent was down, and another in its place: the first one is forgotten',
  { skip: noMosquitto },
  async (t) => {
    const home = await makeHome(t)
    const agent = home.start({ env: { A2M_RESUME: 'playing' } })
    const sessionId = await playAsAda(home)
    await waitForStart(home)
    agent.kill('SIGKILL')
    await agent.ended()

    // Another client id makes `login` ask, and leaves what playback has kept where it is.
    const env = { A2M_LWA_CLIENT_ID: 'amzn1.application-oa2-client.fedcba9876543210fedcba9876543210' }
    const login = home.start({ args: ['login'], env })
    await login.line('and enter the code')
    home.sandbox.control.approve(null, 'ben')
    assert.equal((await login.ended()).code, 0)

    home.sandbox.control.clearRequests()
    home.start({ env: { ...env, A2M_RESUME: 'playing' } })
    await home.client.next(`${prefix}/account`, ({ text }) => text.includes('"state":"signed_in"'))
    assert.equal((await home.ask('command', 'play')).error?.code, 'playback/nothing')
    assert.deepEqual(home.sandbox.control.requests(undefined, '/v1'), [])
    assertNothingOnDisk(home, sessionId)
  },
)

/** The service knows what plays, and so does the disk. */
async function waitForStart(home: Home): Promise<void> {
  const isKept = (): boolean =>
    readdirSync(home.stateDir).includes('playback.json') &&
    readFileSync(join(home.stateDir, 'playback.json'), 'utf8').includes('"unreported"')
  await eventually(
    'a start that is reported and kept',
    () => home.sandbox.control.unfinished().length > 0 && isKept(),
  )
}
