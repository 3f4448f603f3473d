import assert from 'node:assert/strict'
import { test } from 'node:test'

import { signedInAgent, type TestAgent } from '../../../support/agent.ts'
import { prefix } from '../../../support/built-agent.ts'
import { readQr, withoutQrReader } from '../../../support/screen/qr-reader.ts'
import { calls } from '../service-calls.ts'
import { isPageToOpen } from '../../../../src/app/pages.ts'
import { integrationTest, onEachVersion } from '../each-mqtt-version.ts'

const endless = 1_000_000

function events(agent: TestAgent, mark = 0): Record<string, unknown>[] {
  return agent
    .since(mark)
    .filter(({ topic }) => topic === `${prefix}/event`)
    .map(({ text }) => JSON.parse(text) as Record<string, unknown>)
}

function triggers(agent: TestAgent, mark = 0): string[] {
  return agent
    .since(mark)
    .filter(({ topic }) => topic === `${prefix}/trigger`)
    .map(({ text }) => text)
}

const services = (agent: TestAgent, mark: number): string[] =>
  agent
    .since(mark)
    .filter(({ topic }) => topic === `${prefix}/state/service`)
    .map(({ text }) => text)

onEachVersion(
  'while the service cannot be reached commands are answered, and `service` says so',
  async (agent) => {
    const { control } = agent.sandbox
    control.fault({ path: '/v1/', drop: 'before', times: endless })
    const unreached = await agent.ask('request/play', '{"query":"x"}')
    assert.match(unreached.error?.code ?? '', /^net\//)
    assert.equal(unreached.error?.['retryable'], true)
    await agent.said('state/service', ({ text }) => text === 'offline')
    control.clearFaults()
    control.fault({ path: '/v1/', status: 503, times: endless })
    const mark = agent.messages.length
    const asking = agent.publish('request/search', '{"query":"x","transaction":"down"}')
    await asking
    await agent.drive('the answer', () => agent.now('response/search')?.includes('"down"') === true)
    assert.match(agent.now('response/search') ?? '', /"code":"music\/unavailable"/)
    await agent.said('state/service', ({ text }) => text === 'degraded')
    control.clearFaults()
    await agent.clock.advance(60_000)
    assert.equal((await agent.ask('request/search', '{"query":"x"}')).status, 'ok')
    await agent.said('state/service', ({ text }) => text === 'ok')
    assert.deepEqual(services(agent, mark), ['degraded', 'ok'])
  },
)

onEachVersion('`service` is said when it changes outside of any command too', async (agent) => {
  await agent.play('sunday kitchen', 'playlist')
  const mark = agent.messages.length
  agent.sandbox.control.fault({ path: '/v1/', drop: 'before', times: endless })
  await agent.drive('offline', () => services(agent, mark).includes('offline'), 10_000)
  agent.sandbox.control.clearFaults()
  await agent.drive('ok again', () => services(agent, mark).includes('ok'), 10_000)
  assert.deepEqual(services(agent, mark), ['offline', 'ok'])
})

onEachVersion('a throttled command says when to come again', async (agent) => {
  agent.sandbox.control.fault({
    path: '/v1/',
    status: 429,
    headers: { 'retry-after': '30' },
    body: { error: { status: '429', code: 'THROTTLED', message: 'Rate exceeded' } },
  })
  const { error } = await agent.ask('request/search', '{"query":"x"}')
  assert.deepEqual(
    [error?.code, error?.['retryable'], error?.['retry_after_seconds']],
    ['music/throttled', true, 30],
  )
  // Nothing more is sent: the pause the service asked for holds for all.
  await agent.clock.advance(5_000)
  const before = calls(agent.sandbox).length
  const again = await agent.ask('request/sessions')
  assert.deepEqual([again.error?.code, again.error?.['retry_after_seconds']], ['music/throttled', 25])
  assert.equal(calls(agent.sandbox).length, before)
})

onEachVersion('a second stream is refused in words, and one that is taken over stops', async (agent) => {
  agent.sandbox.control.takeOver()
  const refused = await agent.ask('request/play', '{"query":"sunday kitchen","type":"playlist"}')
  assert.equal(refused.error?.code, 'music/max-concurrency')
  assert.match(refused.error.message, /another device/)
  agent.sandbox.control.releaseStream()
  await agent.play('sunday kitchen', 'playlist')
  const mark = agent.messages.length
  agent.sandbox.control.takeOver()
  const lost = await agent.ask('command', 'next')
  assert.equal(lost.error?.code, 'music/max-concurrency')
  await agent.said('state', ({ text }) => text.includes('"state":"idle"'))
  await agent.settle()
  const types = events(agent, mark).map(({ event_type: type }) => type)
  assert.deepEqual(types.filter((type) => type === 'stream_taken_over').length, 1, types.join(', '))
  assert.equal(types.includes('playback_stopped'), true)
  assert.deepEqual(triggers(agent, mark), ['playback_stopped'])
})

onEachVersion(
  'at the end of the skips the next one is refused without a call',
  async (agent) => {
    await agent.play('sunday kitchen', 'playlist')
    assert.equal(agent.state()['remaining_skips'], 2)
    for (const left of [1, 0]) {
      assert.equal((await agent.ask('command', 'next')).status, 'ok')
      assert.equal(agent.state()['remaining_skips'], left)
    }
    await agent.settle()
    const [mark, before] = [agent.messages.length, calls(agent.sandbox).length]
    const playing = agent.now('state')
    const { error } = await agent.ask('command', '{"command":"next","transaction":"s"}')
    assert.deepEqual([error?.code, error?.['remaining_skips']], ['playback/skip-limit', 0])
    assert.match(error?.message ?? '', /NO_MORE_SKIPS/)
    assert.deepEqual(calls(agent.sandbox).slice(before), [])
    assert.equal(agent.now('state'), playing)
    const state = agent.state()
    assert.deepEqual([state['can_next'], state['disabled_reason']], [false, 'NO_MORE_SKIPS'])
    const [refusal, ...more] = events(agent, mark)
    assert.deepEqual(more, [])
    assert.deepEqual([refusal?.['event_type'], refusal?.['remaining_skips']], ['skip_refused', 0])
    assert.equal(refusal?.['media_title'], state['media_title'])
    const shuffle = await agent.ask('command', 'shuffle_off')
    assert.equal(shuffle.error?.code, 'playback/forbidden')
    assert.deepEqual(calls(agent.sandbox).slice(before), [])
  },
  { sandbox: { tier: 'PRIME', skipLimit: 2 } },
)

test(
  'a page the service wants seen is shown as a QR code until a call to the service goes through',
  { ...integrationTest, skip: integrationTest.skip || withoutQrReader },
  async (t) => {
    const agent = await signedInAgent(t)
    const problem = (): Record<string, unknown> =>
      JSON.parse(agent.now('error') ?? '{}') as Record<string, unknown>
    assert.deepEqual(problem(), { active: false, code: null, message: null, since: null, url: null })
    agent.sandbox.control.changeAccount({ hasMusicAccount: false })
    const refused = await agent.ask('request/search', '{"query":"x"}')
    assert.equal(refused.error?.code, 'music/no-account')
    const url = refused.error['url']
    assert.deepEqual(
      [problem()['active'], problem()['code'], problem()['url']],
      [true, 'music/no-account', url],
    )
    const since = problem()['since']
    const { payload } = await agent.said('error/qr', (message) => message.payload.length > 0)
    assert.equal(await readQr(t, payload), url)
    // None of these shows that the service works again.
    await agent.ask('set/volume', '11')
    await agent.ask('request/call', '{"operation":"nonsense"}')
    agent.sandbox.control.fault({ path: '/v1/', drop: 'before', times: 10 })
    await agent.ask('request/play', '{"query":"x"}')
    agent.sandbox.control.clearFaults()
    await agent.clock.advance(60_000)
    await agent.ask('request/play', '{"query":"x"}')
    assert.deepEqual([problem()['active'], problem()['since']], [true, since])
    assert.equal((await agent.retained()).has('error/qr'), true)

    agent.sandbox.control.changeAccount({ hasMusicAccount: true })
    assert.equal((await agent.ask('request/search', '{"query":"x"}')).status, 'ok')
    assert.equal(problem()['active'], false)
    assert.equal((await agent.retained()).has('error/qr'), false)
  },
)

test('a page of an earlier life is cleared at the start', integrationTest, async (t) => {
  const agent = await signedInAgent(t)
  await agent.stop()
  await agent.publish('error/qr', 'an old picture', { retain: true })
  assert.equal((await agent.retained()).has('error/qr'), true)
  await agent.start()
  assert.equal((await agent.retained()).has('error/qr'), false)
})

onEachVersion(
  'a token that is revoked in mid-play ends playing and shows a new code by itself',
  async (agent) => {
    await agent.play('sunday kitchen', 'playlist')
    const mark = agent.messages.length
    agent.sandbox.control.revokeRefreshTokens()
    agent.sandbox.control.expireAccessTokens()
    await agent.publish('command', 'next')
    await agent.drive('a new code', () =>
      agent.since(mark).some(({ topic, text }) => topic.endsWith('/login/status') && text === 'pending'),
    )
    await agent.said(
      'state',
      ({ text }) => text.includes('"state":"off"') && text.includes('"media_title":null'),
    )
    await agent.settle()
    const types = events(agent, mark).map(({ event_type: type }) => type)
    const [revoked, required] = ['token_revoked', 'login_required'].map((type) => types.indexOf(type))
    assert.ok(
      revoked !== undefined && required !== undefined && revoked >= 0 && required > revoked,
      types.join(', '),
    )
    assert.ok(types.includes('playback_stopped'), types.join(', '))
    assert.equal(triggers(agent, mark).includes('login_required'), true)
    const login = JSON.parse(agent.now('login') ?? '{}') as Record<string, unknown>
    assert.equal(login['state'], 'awaiting_user')
    const event = events(agent, mark).find(({ event_type: type }) => type === 'login_required')
    assert.equal(event?.['user_code'], login['user_code'])
    const account = JSON.parse(agent.now('account') ?? '{}') as Record<string, unknown>
    assert.deepEqual([account['state'], account['linked']], ['awaiting_user', false])
    const problems = agent.since(mark).filter(({ topic }) => topic === `${prefix}/error`)
    assert.match(
      problems[0]?.text ?? '',
      /"active":true,"code":"account\/revoked"/,
      'until the new code is there',
    )
    await agent.signIn()
    assert.equal((JSON.parse(agent.now('error') ?? '{}') as { active: boolean }).active, false)
    assert.equal((await agent.ask('request/search', '{"query":"x"}')).status, 'ok')
  },
)

test('a page that is not of Amazon is neither drawn nor named', integrationTest, async (t) => {
  // With Login with Amazon on this machine every page is the sandbox's: so it is asked by its real name, too.
  for (const [url, shown] of [
    ['https://www.amazon.co.uk/music/unlimited', true],
    ['https://amazon.evil.example/music', false],
    ['http://music.amazon.com/', false],
    ['https://user@music.amazon.com/', false],
    ['https://music.amazon.com/\u202ecod.exe', false],
    ['javascript:alert(1)', false],
  ] as const)
    assert.equal(isPageToOpen(url, new URL('https://api.amazon.com')), shown, url)

  const agent = await signedInAgent(t)
  const body = { error: { status: 403, code: 'X', message: 'x', url: 'https://user@example.com/' } }
  agent.sandbox.control.fault({ path: '/v1/', status: 403, body, times: 5 })
  const answer = await agent.ask('request/search', '{"query":"x"}')
  assert.equal(answer.status, 'error')
  await agent.settle()
  assert.match(agent.now('error') ?? '', /"url":null/)
  assert.equal((await agent.retained()).has('error/qr'), false)
})
