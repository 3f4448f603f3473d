import assert from 'node:assert/strict'
import { test } from 'node:test'

import { signedInAgent, type TestAgent } from '../../support/agent.ts'
import { integrationTest } from '../bridge/each-version.ts'

const on = { A2M_DISCOVERY: 'device' }

for (const scalars of ['on', 'off']) {
  test(`plain values for media players, scalar topics ${scalars}`, integrationTest, async (t) => {
    const agent = await signedInAgent(t, { env: { ...on, A2M_STATE_TOPICS: scalars } })
    const config = JSON.parse(
      agent.messages.find(({ topic }) => topic.startsWith('homeassistant/media_player/'))?.text ?? '{}',
    ) as Record<string, string>
    const read = (key: string): string | undefined => agent.now(`/${config[key] ?? ''}`)
    assert.deepEqual(
      [read('state_state_topic'), read('state_duration_topic'), read('state_position_topic')],
      ['idle', '0', '0'],
    )
    await agent.play('velvet orchard', 'album')
    await agent.said('player/albumart', ({ text }) => text !== '')
    const state = agent.state()
    for (const [key, expected] of [
      ['state_state_topic', 'playing'],
      ['state_title_topic', state['media_title']],
      ['state_artist_topic', state['media_artist']],
      ['state_album_topic', state['media_album_name']],
      ['state_duration_topic', String(state['media_duration'])],
      ['state_volume_topic', '0.5'],
      ['state_mute_topic', 'off'],
      ['state_mediatype_topic', 'music'],
      ['media_image_url_topic', state['media_image_url']],
      ['repeat_topic', 'off'],
      ['shuffle_topic', 'off'],
      ['source_list_topic', '[]'],
    ] as const) {
      assert.equal(read(key), expected, key)
    }
    const picture = await agent.said('cover', ({ payload }) => payload.length > 0)
    assert.deepEqual(Buffer.from(read('state_albumart_topic') ?? '', 'base64'), picture.payload)

    await agent.ask('command', 'stop')
    await agent.said('player/state', ({ text }) => text === 'idle')
    assert.deepEqual([read('state_title_topic'), read('state_duration_topic')], ['', '0'])
  })
}

test(
  "the next track's position is said although it is that of the one before",
  integrationTest,
  async (t) => {
    const agent = await signedInAgent(t, { env: on })
    await agent.play('velvet orchard', 'album')
    await agent.clock.advance(30_000)
    await agent.settle()
    const mark = agent.messages.length
    assert.equal(agent.now('player/position'), '0')
    await agent.ask('command', 'next')
    const said = agent.since(mark).filter(({ topic }) => topic.endsWith('/player/position'))
    assert.deepEqual(
      said.map(({ text }) => text),
      ['0'],
    )
    assert.equal((await agent.retained()).get('player/position')?.text, '0')
  },
)

test('a change of tracks is at most twelve messages', integrationTest, async (t) => {
  const agent = await signedInAgent(t, { env: on })
  await agent.play('velvet orchard', 'album')
  await agent.clock.advance(30_000)
  await agent.settle()
  const mark = agent.messages.length
  const title = agent.state()['media_title']
  const length = Number(agent.state()['media_duration'])
  // By itself: what a command adds is its answer.
  await agent.drive('the next track', () => agent.state()['media_title'] !== title, 5_000)
  assert.ok(length > 30)
  await agent.settle()
  const said = agent
    .since(mark)
    .map(({ topic }) => topic.slice('a2m/kitchen/'.length))
    .filter((topic) => topic !== 'health' && topic !== 'response/login')
  t.diagnostic(`${said.length} messages: ${said.join(' ')}`)
  assert.ok(said.length <= 12, said.join(' '))
})

const send = async (agent: TestAgent, topic: string, payload: string): Promise<void> => {
  await agent.publish(topic, payload)
  await agent.settle()
}

test('mqtt_media_player commands the agent', integrationTest, async (t) => {
  const agent = await signedInAgent(t, { env: on })
  await send(agent, 'player/set/play_media', '{"media_type":"music","media_id":"velvet orchard"}')
  await agent.said('state', ({ text }) => text.includes('"state":"playing"'))
  await send(agent, 'player/set/volume', '0.35')
  assert.deepEqual([agent.state()['volume'], agent.now('player/volume')], [35, '0.35'])
  for (const [verb, state] of [
    ['Pause', 'paused'],
    ['Play', 'playing'],
    ['Stop', 'idle'],
  ] as const) {
    await send(agent, 'command', verb)
    await agent.until(verb, () => agent.now('player/state') === state)
  }
})

test('mqtt_universal_media_player commands the agent by one topic', integrationTest, async (t) => {
  const agent = await signedInAgent(t, { env: { ...on, A2M_HA_MEDIA_PLAYER: 'mqtt_universal_media_player' } })
  await send(agent, 'player/command', '{"play_media":{"id":"velvet orchard","type":"music"}}')
  await agent.said('state', ({ text }) => text.includes('"state":"playing"'))
  await send(agent, 'player/command', '{"volume":35.0}')
  await send(agent, 'player/command', '{"muted":true}')
  await send(agent, 'player/command', '{"command":"pause"}')
  const { volume, muted, state } = agent.state()
  assert.deepEqual([volume, muted, state], [35, true, 'paused'])
  assert.equal(agent.now('player/volume'), undefined, 'it reads topic state')
})

test('what a media player sends retained is refused as any command is', integrationTest, async (t) => {
  const agent = await signedInAgent(t, { env: on })
  await agent.publish('player/set/volume', '0.9', { retain: true })
  const { text } = await agent.said('result')
  assert.match(text, /command\/retained/)
  assert.equal(agent.state()['volume'], 50)
})
