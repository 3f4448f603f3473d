import assert from 'node:assert/strict'
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { startTestAgent, type TestAgent } from '../../support/agent.ts'
import { noMosquitto } from '../../support/mqtt/mosquitto.ts'

const withUserId = { A2M_SCOPES: 'music::playback music::catalog profile:user_id' }
const otherClientId = 'amzn1.application-oa2-client.fedcba9876543210fedcba9876543210'

/** What one account has left that another must not meet. */
interface Trace {
  readonly sessionId: string
  readonly title: string
}

async function playAs(agent: TestAgent, account: string): Promise<Trace> {
  await agent.signIn(account)
  await agent.play('sunday kitchen', 'playlist')
  const { session_id: sessionId, media_title: title } = agent.state()
  await agent.until('the start report', () => agent.sandbox.control.unfinished().length === 1)
  return { sessionId: String(sessionId), title: String(title) }
}

const streaming = (agent: TestAgent, account: string): readonly string[] =>
  agent.sandbox.control.state().accounts.find(({ key }) => key === account)?.streaming ?? []

/** The other account is signed in: nothing of the first is asked for with its token, shown, or on the disk. */
async function assertNothingIsLeft(agent: TestAgent, trace: Trace): Promise<void> {
  const { control } = agent.sandbox
  const answer = await agent.ask('command', 'play')
  assert.equal(answer.error?.code, 'playback/nothing', JSON.stringify(answer))
  await agent.clock.advance(60_000)
  await agent.settle()
  const calls = control
    .requests(undefined, '/v1')
    .map(({ method, path, status }) => ({ method, path, status }))
  assert.deepEqual(calls, [], 'the other account was asked about what it never played')
  const state = agent.state()
  assert.deepEqual(
    [state['state'], state['session_id'], state['context'], state['preset'], state['media_title']],
    ['idle', null, null, null, null],
  )
  const kept = await agent.retained()
  for (const [topic, { text }] of kept) {
    assert.ok(!text.includes(trace.sessionId), `${topic} names the session`)
    assert.ok(!text.includes(trace.title), `${topic} names what played`)
  }
  assertNothingOnDisk(agent, trace)
  // And what it plays itself is its own.
  await agent.play('sunday kitchen', 'playlist')
  assert.notEqual(agent.state()['session_id'], trace.sessionId)
  assert.deepEqual(control.violations(), [])
  assert.deepEqual(
    control.requests(undefined, '/v1').filter(({ status }) => status >= 400),
    [],
  )
}

function assertNothingOnDisk(agent: TestAgent, trace: Trace): void {
  for (const name of readdirSync(agent.stateDir).filter((file) => file.endsWith('.json'))) {
    const text = readFileSync(join(agent.stateDir, name), 'utf8')
    assert.ok(!text.includes(trace.sessionId), `${name} names the session`)
    if (name.startsWith('playback.')) assert.doesNotMatch(text, /referenceId|metricId/, name)
  }
}

/** Amazon ends it, and the agent finds out. */
async function endSignIn(agent: TestAgent): Promise<void> {
  const mark = agent.messages.length
  agent.sandbox.control.revokeRefreshTokens()
  agent.sandbox.control.expireAccessTokens()
  await agent.publish('command', 'next')
  await agent.until('the end of the sign-in', () =>
    agent
      .since(mark)
      .some(({ topic, text }) => topic.endsWith('/account') && text.includes('"linked":false')),
  )
  await agent.settle()
  const { state, session_id: sessionId, context } = agent.state()
  assert.deepEqual([state, sessionId, context], ['off', null, null])
}

async function signInOther(agent: TestAgent): Promise<void> {
  agent.sandbox.control.clearRequests()
  await agent.signIn('ben')
  agent.sandbox.control.clearRequests()
}

test(
  'a logout tells the service that the music ends, and the next account finds nothing',
  { skip: noMosquitto },
  async (t) => {
    const agent = await startTestAgent(t)
    const trace = await playAs(agent, 'ada')
    assert.equal(streaming(agent, 'ada').length, 1)
    assert.equal((await agent.ask('command', 'logout')).status, 'ok')
    assert.deepEqual(agent.sandbox.control.unfinished(), [])
    assert.deepEqual(streaming(agent, 'ada'), [], 'its stream is free again')
    assert.deepEqual(
      [agent.state()['state'], agent.state()['session_id'], agent.state()['context']],
      ['off', null, null],
    )
    assertNothingOnDisk(agent, trace)
    assert.equal(existsSync(join(agent.stateDir, 'account.json')), false)
    assert.equal((await agent.ask('command', 'login')).status, 'ok')
    await signInOther(agent)
    await assertNothingIsLeft(agent, trace)
  },
)

test(
  'a logout while the service cannot be reached is done within seconds, and nothing goes out later',
  { skip: noMosquitto },
  async (t) => {
    const agent = await startTestAgent(t)
    const trace = await playAs(agent, 'ada')
    agent.sandbox.control.fault({ path: '/v1', times: 1e9, delayMs: 1e9 })
    const startedAtMs = agent.clock.monotonicMs()
    await agent.publish('command', 'logout')
    await agent.drive('the answer', () => agent.now('result')?.includes('"command":"logout"') === true)
    assert.ok(
      agent.clock.monotonicMs() - startedAtMs <= 5_000,
      `agent.clock.monotonicMs() - startedAtMs <= 5_000: ${agent.clock.monotonicMs() - startedAtMs}`,
    )
    assert.match(agent.now('result') ?? '', /"status":"ok"/)
    agent.sandbox.control.clearFaults()
    await agent.ask('command', 'login')
    await signInOther(agent)
    await assertNothingIsLeft(agent, trace)
  },
)

test(
  'a command that waits for the service ends with the logout, and plays nothing afterwards',
  { skip: noMosquitto },
  async (t) => {
    const agent = await startTestAgent(t)
    await playAs(agent, 'ada')
    const albums = agent.sandbox.control.catalog().filter(({ kind }) => kind === 'album')
    agent.sandbox.control.fault({ method: 'POST', path: '/v1/playback', times: 1, delayMs: 8_000 })
    const mark = agent.messages.length
    await agent.publish('request/play', JSON.stringify({ id: albums[0]?.mrn, transaction: 'late' }))
    await agent.until('the call waits', () => agent.clock.sleeps.includes(8_000))
    // As the command line does it: beside the commands.
    const { logout } = await import('../../../src/cli/commands/logout.ts')
    const around = agent.surroundings()
    assert.equal(
      await logout({ env: around.env, flags: {}, facts: around.facts }, around, new AbortController().signal),
      0,
    )
    const answer = await agent.until('the answer', () =>
      agent.since(mark).find(({ text }) => text.includes('"late"')),
    )
    assert.match(answer.text, /account\/signed-out/)
    await agent.clock.advance(10_000)
    await agent.settle()
    assert.equal(agent.state()['session_id'], null)
    assert.deepEqual(streaming(agent, 'ada'), [])
  },
)

test(
  'Amazon ends the sign-in and another account signs in: nothing of the first is used or shown',
  { skip: noMosquitto },
  async (t) => {
    const agent = await startTestAgent(t)
    const trace = await playAs(agent, 'ada')
    await endSignIn(agent)
    await signInOther(agent)
    await assertNothingIsLeft(agent, trace)
  },
)

test(
  'Amazon ends the sign-in and the same account signs in: its session goes on and its reports go out',
  { skip: noMosquitto },
  async (t) => {
    const agent = await startTestAgent(t, { env: withUserId })
    const trace = await playAs(agent, 'ada')
    await endSignIn(agent)
    await agent.signIn('ada')
    assert.equal((await agent.ask('command', 'play')).status, 'ok')
    assert.equal(agent.state()['session_id'], trace.sessionId)
    await agent.drive('the reports', () => agent.sandbox.control.unfinished().length === 1)
    assert.deepEqual(agent.sandbox.control.violations(), [])
  },
)

test(
  'a sign-in beside the one that plays ends the music with the first token before the second is used',
  { skip: noMosquitto },
  async (t) => {
    const agent = await startTestAgent(t, { env: withUserId })
    const trace = await playAs(agent, 'ada')
    await agent.ask('command', 'login')
    agent.sandbox.control.clearRequests()
    await agent.until('a code', () => agent.sandbox.control.codes().some(({ state }) => state === 'pending'))
    const mark = agent.messages.length
    agent.sandbox.control.approve(null, 'ben')
    const succeeded = (): boolean => agent.since(mark).some(({ text }) => text.includes('login_succeeded'))
    await agent.drive('the second sign-in', succeeded)
    await agent.settle()
    assert.deepEqual(agent.sandbox.control.unfinished(), [])
    assert.deepEqual(streaming(agent, 'ada'), [])
    assert.deepEqual(
      agent.sandbox.control.requests(undefined, '/v1').filter(({ status }) => status >= 400),
      [],
    )
    agent.sandbox.control.clearRequests()
    await assertNothingIsLeft(agent, trace)
  },
)

test(
  'the same account signed in again beside what plays does not interrupt it',
  { skip: noMosquitto },
  async (t) => {
    const agent = await startTestAgent(t, { env: withUserId })
    const trace = await playAs(agent, 'ada')
    await agent.ask('command', 'login')
    await agent.until('a code', () => agent.sandbox.control.codes().some(({ state }) => state === 'pending'))
    const mark = agent.messages.length
    agent.sandbox.control.approve(null, 'ada')
    const succeeded = (): boolean => agent.since(mark).some(({ text }) => text.includes('login_succeeded'))
    await agent.drive('the second sign-in', succeeded)
    await agent.settle()
    assert.equal(agent.state()['session_id'], trace.sessionId)
    assert.equal(
      agent.since(mark).some(({ text }) => text.includes('playback_stopped')),
      false,
    )
  },
)

test(
  'with another client id another account finds nothing, and the same account its session',
  { skip: noMosquitto },
  async (t) => {
    const agent = await startTestAgent(t, { env: withUserId })
    const trace = await playAs(agent, 'ada')
    await agent.stop()
    await agent.start({ A2M_LWA_CLIENT_ID: otherClientId })
    await agent.signIn('ada')
    assert.equal((await agent.ask('command', 'play')).status, 'ok')
    assert.equal(agent.state()['session_id'], trace.sessionId)
    await agent.stop()
    await agent.start()
    agent.sandbox.control.clearRequests()
    await signInOther(agent)
    await assertNothingIsLeft(agent, trace)
  },
)

test(
  'what a version before kept is taken over by the account on the disk, and not by another',
  { skip: noMosquitto },
  async (t) => {
    const agent = await startTestAgent(t)
    const trace = await playAs(agent, 'ada')
    await agent.stop()
    const file = (name: string): string => join(agent.stateDir, name)
    const asBefore = (): void => {
      for (const name of readdirSync(agent.stateDir)) {
        if (name.startsWith('account.') || name.endsWith('.previous.json')) rmSync(file(name))
      }
      const tokens = JSON.parse(readFileSync(file('tokens.json'), 'utf8')) as Record<string, unknown>
      delete tokens['sign_in_id']
      writeFileSync(file('tokens.json'), JSON.stringify(tokens))
    }
    asBefore()
    await agent.start()
    await agent.said('account', ({ text }) => text.includes('"state":"signed_in"'))
    assert.equal((await agent.ask('command', 'play')).status, 'ok')
    assert.equal(agent.state()['session_id'], trace.sessionId)
    await agent.stop()
    asBefore()
    // Signed out by that version, which left the rest.
    rmSync(file('tokens.json'))
    await agent.start()
    await signInOther(agent)
    await assertNothingIsLeft(agent, trace)
  },
)

test("presets, volume and mute are the device's own and stay", { skip: noMosquitto }, async (t) => {
  const agent = await startTestAgent(t)
  await playAs(agent, 'ada')
  await agent.ask('set', '{"volume":23,"muted":true}')
  await agent.ask(
    'request/preset_save',
    JSON.stringify({ name: 'kitchen', play: { query: 'sunday kitchen' } }),
  )
  await agent.ask('command', 'logout')
  await agent.stop()
  await agent.start()
  await signInOther(agent)
  assert.deepEqual([agent.state()['volume'], agent.state()['muted']], [23, true])
  assert.match(JSON.stringify((await agent.ask('request/presets')).data), /kitchen/)
})
