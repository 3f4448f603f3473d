import assert from 'node:assert/strict'
import { test } from 'node:test'

import { signedInAgent, startTestAgent, type TestAgent } from '../../../support/agent.ts'
import { integrationTest, onEachVersion } from '../each-mqtt-version.ts'
import { checkState, scalarOf, stateKeys } from '../state-schema.ts'

/** The retained topics of mqtt-contract 2 with their QoS, and `error/qr` of docs/mqtt.md. */
const retainedTopics: Readonly<Record<string, 0 | 1>> = {
  availability: 1,
  account: 1,
  login: 1,
  'login/status': 1,
  'login/qr': 1,
  state: 1,
  queue: 1,
  cover: 0,
  'cover/status': 1,
  update: 1,
  error: 1,
  'error/qr': 1,
  info: 1,
  health: 0,
}
const passingTopics: Readonly<Record<string, 0 | 1>> = { trigger: 1, result: 1, event: 1 }

onEachVersion(
  'every topic of the contract is said with its retain flag and QoS, and nothing else is',
  async (agent, _version, t) => {
    await agent.signIn()
    await agent.play('sunday kitchen', 'playlist')
    await agent.ask('set/volume', '20')
    await agent.said('cover/status', ({ text }) => text === 'available')
    await agent.stop()
    await agent.said('availability', ({ text }) => text === 'offline')
    t.diagnostic(`${agent.messages.length} messages`)

    const said = agent
      .since(0)
      .map(({ topic, ...rest }) => ({ name: topic.slice('a2m/kitchen/'.length), ...rest }))
    for (const [name, qos] of Object.entries({ ...retainedTopics, ...passingTopics })) {
      const messages = said.filter((message) => message.name === name)
      assert.ok(messages.length > 0, name)
      assert.ok(
        messages.every((message) => message.qos === qos),
        `${name}: QoS ${qos}`,
      )
    }
    const known = [...Object.keys(retainedTopics), ...Object.keys(passingTopics)]
    const scalars = Object.keys(stateKeys).map((key) => `state/${key}`)
    const others = said.filter(
      ({ name }) => ![...known, ...scalars].includes(name) && !/^response\//.test(name),
    )
    assert.deepEqual(others, [])

    const kept = await agent.retained()
    const withBytes = [...Object.keys(retainedTopics), ...scalars].filter(
      // Zero bytes are not kept: that is how a topic is cleared.
      (name) => said.findLast((message) => message.name === name)?.payload.length !== 0,
    )
    assert.deepEqual([...kept.keys()].sort(), withBytes.sort())
    assert.equal(kept.get('availability')?.text, 'offline')
  },
  { signedIn: false },
)

onEachVersion('the scalar topics say what `state` says, and zero bytes for null', async (agent) => {
  const check = async (): Promise<void> => {
    const kept = await agent.retained()
    const state = JSON.parse(kept.get('state')?.text ?? '{}') as Record<string, unknown>
    for (const key of Object.keys(stateKeys)) {
      assert.equal(kept.get(`state/${key}`)?.text ?? '', scalarOf(state[key]), key)
    }
  }
  await check()
  await agent.play('sunday kitchen', 'playlist')
  await check()
  await agent.ask('command', 'stop')
  await check()
  assert.equal(agent.now('state/media_title'), '')
})

test(
  'the scalar topics can be switched off, and what an earlier run left there is cleared',
  integrationTest,
  async (t) => {
    const agent = await signedInAgent(t)
    const scalars = async (): Promise<readonly string[]> =>
      [...(await agent.retained()).keys()].filter((name) => name.startsWith('state/'))
    assert.ok((await scalars()).length > 10, '(await scalars()).length > 10')
    await agent.stop()
    const mark = agent.messages.length
    await agent.start({ A2M_STATE_TOPICS: 'off' })
    await agent.play('sunday kitchen', 'playlist')
    const shown = agent
      .since(mark)
      .filter(({ topic, text }) => topic.startsWith('a2m/kitchen/state/') && text !== '')
    assert.deepEqual(shown, [])
    assert.deepEqual(await scalars(), [])
  },
)

onEachVersion('`get` brings the whole retained picture again', async (agent) => {
  await agent.play('sunday kitchen', 'playlist')
  await agent.said('cover/status', ({ text }) => text === 'available')
  for (const payload of ['', 'anything', '{"broken', Buffer.of(0xff)]) {
    const mark = agent.messages.length
    await agent.publish('get', payload)
    const wanted = [...Object.keys(retainedTopics), ...Object.keys(stateKeys).map((key) => `state/${key}`)]
    // `online` goes out at each connection, not with the picture; health, if nothing has counted yet.
    const missing = (): string[] =>
      wanted
        .filter((name) => name !== 'availability')
        .filter((name) => !agent.since(mark).some(({ topic }) => topic === `a2m/kitchen/${name}`))
    await agent.until('the picture', () => missing().length === 0)
    await agent.settle()
    assert.deepEqual(
      agent.since(mark).filter(({ topic }) => /\/(event|trigger|result)$/.test(topic)),
      [],
    )
  }
})

onEachVersion('a broker that comes back without a memory gets the whole picture', async (agent) => {
  await agent.play('sunday kitchen', 'playlist')
  await agent.said('cover/status', ({ text }) => text === 'available')
  const before = await agent.retained()
  await agent.broker.stop()
  await agent.broker.start()
  const kept = await agent.driveUntilBack()
  for (const [name, { payload }] of before) {
    if (name !== 'health') assert.deepEqual(kept.get(name)?.payload, payload, name)
  }
  assert.deepEqual([...kept.keys()].sort(), [...before.keys()].sort())
})

/** The quiet hour: everything that could tick has the time to. */
test('nothing is said while nothing changes', integrationTest, async (t) => {
  const agent = await signedInAgent(t, { sandbox: { accessTokenLifetime: 864_000 } })
  await agent.clock.advance(120_000)
  await agent.settle()
  const mark = agent.messages.length
  for (let minutes = 0; minutes < 60; minutes++) await agent.clock.advance(60_000)
  const said = agent.since(mark)
  assert.deepEqual(said, [])
  await agent.settle()
})

test(
  'a playing hour says nothing between track changes, and a bounded number of messages at each',
  integrationTest,
  async (t) => {
    const agent = await signedInAgent(t, { sandbox: { accessTokenLifetime: 864_000 } })
    await agent.play('sunday kitchen', 'playlist')
    await agent.said('cover/status', ({ text }) => text === 'available')
    const counts: number[] = []
    for (let changes = 0; changes < 10; changes++) {
      const { media_duration: duration, media_title: title } = agent.state()
      await quiet(agent, (duration as number) - 1)
      const mark = agent.messages.length
      await agent.clock.advance(1_000)
      await agent.said('state', ({ text }) => !text.includes(JSON.stringify(title)))
      await settled(agent)
      const said = agent
        .since(mark)
        .filter(({ topic }) => !topic.endsWith('/health') && !topic.endsWith('/response/login'))
      counts.push(said.length)
      const twice = said.map(({ topic }) => topic).filter((topic, index, all) => all.indexOf(topic) !== index)
      assert.deepEqual(
        twice.filter((topic) => !topic.endsWith('/queue')),
        [],
        'a topic said twice',
      )
      const at = (name: string): number => said.findIndex(({ topic }) => topic === `a2m/kitchen/${name}`)
      assert.ok(at('state') < at('event') && at('event') < at('trigger'), 'state, event, trigger')
    }
    t.diagnostic(`messages per track change: ${counts.join(', ')}`)
    assert.ok(Math.max(...counts) <= 20, counts.join(', '))
  },
)

/** Seconds pass in which the agent has nothing to say but `health`. */
async function quiet(agent: TestAgent, seconds: number): Promise<void> {
  await settled(agent)
  const mark = agent.messages.length
  for (let passed = 0; passed < seconds; passed += 10)
    await agent.clock.advance(Math.min(10, seconds - passed) * 1_000)
  await agent.settle()
  const said = agent.since(mark).map(({ topic }) => topic)
  assert.deepEqual(
    said.filter((topic) => !/(health|response\/login)$/.test(topic)),
    [],
  )
}

/** The requests that a change has set off are answered too. */
async function settled(agent: TestAgent): Promise<void> {
  for (let seen = -1; seen !== agent.sandbox.control.state().requests;) {
    seen = agent.sandbox.control.state().requests
    for (let turns = 0; turns < 5; turns++) await agent.settle()
  }
}

test('every `state` of a long random session keeps the contract', integrationTest, async (t) => {
  const agent = await startTestAgent(t, { sandbox: { tier: 'PRIME' } })
  await agent.signIn()
  let seed = 20_261_122
  const draw = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((seed / 2_147_483_648) * below)
  }
  const verbs = ['play', 'pause', 'stop', 'play_pause', 'next', 'next', 'next', 'previous', 'volume_up', 'mute', 'toggle_mute', 'shuffle_on', 'repeat_all', 'repeat_off', 'restore', '{"command":"seek","offset":30}', '{"command":"seek","position":10}'] // prettier-ignore
  const words = ['sunday kitchen', 'deep focus tones', 'jazz cellar', 'rock with dj mode', 'wires and wood', 'short studies', 'nothing at all'] // prettier-ignore
  const types = ['playlist', 'playlist', 'station', 'station', 'podcast', 'album', 'track']
  for (let steps = 0; steps < 200; steps++) {
    const choice = draw(10)
    if (choice < 5) await agent.ask('command', verbs[draw(verbs.length)] ?? '')
    else if (choice < 7) {
      const which = draw(words.length)
      await agent.ask(
        'request/play',
        JSON.stringify({ query: words[which], type: types[which], shuffle: draw(2) === 1 }),
      )
    } else if (choice === 7)
      agent.sandbox.control.changeAccount({
        tier: (['FREE', 'PRIME', 'UNLIMITED'] as const)[draw(3)] ?? 'FREE',
      })
    else if (choice === 8 && draw(3) === 0) agent.sandbox.control.lapseSessions()
    else await agent.clock.advance(draw(200) * 1_000)
  }
  const states = agent.messages.filter(({ topic }) => topic === 'a2m/kitchen/state')
  t.diagnostic(
    `${states.length} states, ${new Set(states.map(({ text }) => (JSON.parse(text) as { state: string }).state)).size} kinds`,
  )
  assert.ok(states.length > 60, `states.length > 60: ${states.length}`)
  for (const { text } of states) checkState(text)
})
