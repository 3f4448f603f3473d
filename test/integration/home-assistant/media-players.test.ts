import assert from 'node:assert/strict'
import { test } from 'node:test'

import { signedInAgent, type TestAgent } from '../../support/agent.ts'
import { integrationTest } from '../bridge/each-mqtt-version.ts'

const on = { A2M_DISCOVERY: 'device' }

async function send(agent: TestAgent, topic: string, payload: string): Promise<void> {
  await agent.publish(topic, payload)
  await agent.settle()
}

/** What media players are told. */
function configIn(agent: TestAgent): Readonly<Record<string, string>> {
  const told = agent.messages.find(({ topic }) => topic.startsWith('homeassistant/media_player/'))
  return JSON.parse(told?.text ?? '{}') as Record<string, string>
}

for (const scalars of ['on', 'off']) {
  test(`plain values for media players, scalar topics ${scalars}`, integrationTest, async (t) => {
    const agent = await signedInAgent(t, { env: { ...on, A2M_STATE_TOPICS: scalars } })
    const config = configIn(agent)
    const read = (key: string): string | undefined => agent.now(`/${config[key] ?? ''}`)
    const unknown = scalars === 'on' ? '' : '0'
    assert.deepEqual(
      [read('state_state_topic'), read('state_duration_topic'), read('state_position_topic')],
      ['idle', unknown, unknown],
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
      ['state_position_topic', '0'],
      ['state_volume_topic', '0.5'],
      ['state_mute_topic', 'unmute'],
      ['state_mediatype_topic', 'music'],
    ] as const) {
      assert.equal(read(key), expected, key)
    }
    const picture = await agent.said('cover', ({ payload }) => payload.length > 0)
    assert.deepEqual(Buffer.from(read('state_albumart_topic') ?? '', 'base64'), picture.payload)

    await agent.ask('command', 'stop')
    await agent.said('player/state', ({ text }) => text === 'idle')
    assert.deepEqual([read('state_title_topic'), read('state_duration_topic')], ['', unknown])
  })

  test(
    `plain values for the media player of another integration, scalar topics ${scalars}`,
    integrationTest,
    async (t) => {
      const shyndmans = { A2M_HA_MEDIA_PLAYER: 'mqtt_media_player_shyndman' }
      const agent = await signedInAgent(t, { env: { ...on, ...shyndmans, A2M_STATE_TOPICS: scalars } })
      const config = configIn(agent)
      const read = (key: string): string | undefined => agent.now(`/${config[key] ?? ''}`)
      const numbers = ['media_duration_topic', 'media_position_topic'].map(read)
      assert.deepEqual(numbers, ['0', '0'], 'it warns of an empty text')
      await agent.play('velvet orchard', 'album')
      const state = agent.state()
      for (const [key, expected] of [
        ['state_topic', 'playing'],
        ['media_title_topic', state['media_title']],
        ['media_artist_topic', state['media_artist']],
        ['media_album_name_topic', state['media_album_name']],
        ['media_duration_topic', String(state['media_duration'])],
        ['media_position_topic', '0'],
        ['media_content_type_topic', 'music'],
        ['volume_level_topic', '0.5'],
        ['repeat_topic', 'off'],
        ['source_list_topic', '[]'],
      ] as const) {
        assert.equal(read(key), expected, key)
      }
      // It reads them in any case of letters.
      const switches = ['is_volume_muted_topic', 'shuffle_topic'].map((key) => read(key)?.toLowerCase())
      assert.deepEqual(switches, ['off', 'off'])
      assert.equal(agent.now('player/albumart'), undefined)

      const morning = { name: 'Morning', play: { query: 'jazz cellar' } }
      await agent.ask('request/preset_save', JSON.stringify(morning))
      await agent.until('the presets', () => read('source_list_topic') === '["Morning"]')

      await send(agent, 'player/set/volume', '0.35')
      assert.deepEqual([agent.state()['volume'], read('volume_level_topic')], [35, '0.35'])
    },
  )
}

for (const [dialect, topic] of [
  ['mqtt_media_player', 'state/media_position'],
  ['mqtt_media_player_shyndman', 'player/position'],
] as const) {
  test(
    `${dialect}: the next track's position is said although it is that of the one before`,
    integrationTest,
    async (t) => {
      const agent = await signedInAgent(t, { env: { ...on, A2M_HA_MEDIA_PLAYER: dialect } })
      const first = agent.messages.length
      await agent.play('velvet orchard', 'album')
      const positions = (mark: number): readonly string[] =>
        agent
          .since(mark)
          .filter((message) => message.topic.endsWith(`/${topic}`))
          .map(({ text }) => text)
      assert.deepEqual(positions(first), ['0'])
      await agent.clock.advance(30_000)
      await agent.settle()
      const mark = agent.messages.length
      await agent.ask('command', 'next')
      assert.deepEqual(positions(mark), ['0'])
      assert.equal((await agent.retained()).get(topic)?.text, '0')
    },
  )
}

test('of the position of what does not play nothing is said', integrationTest, async (t) => {
  const agent = await signedInAgent(t, { env: on })
  await agent.play('velvet orchard', 'album')
  const mark = agent.messages.length
  await agent.ask('command', 'stop')
  await agent.until('idle', () => agent.now('player/state') === 'idle')
  await agent.settle()
  const said = agent.since(mark).filter(({ topic }) => topic.endsWith('/state/media_position'))
  assert.deepEqual(
    said.map(({ text }) => text),
    [''],
  )
})

/** What is said for a change of tracks that comes by itself: what a command adds is its answer. */
async function saidByTheNextTrack(agent: TestAgent): Promise<() => readonly string[]> {
  await agent.clock.advance(30_000)
  await agent.settle()
  const mark = agent.messages.length
  const title = agent.state()['media_title']
  assert.ok(Number(agent.state()['media_duration']) > 30, `Number(agent.state()['media_duration']) > 30`)
  await agent.drive('the next track', () => agent.state()['media_title'] !== title, 5_000)
  await agent.settle()
  return () =>
    agent
      .since(mark)
      .map(({ topic }) => topic.slice('a2m/kitchen/'.length))
      .filter((topic) => topic !== 'health' && topic !== 'response/login')
}

test('a change of tracks within an album is nine messages', integrationTest, async (t) => {
  const agent = await signedInAgent(t, { env: on })
  await agent.play('velvet orchard', 'album')
  const said = (await saidByTheNextTrack(agent))()
  t.diagnostic(`${said.length} messages: ${said.join(' ')}`)
  assert.ok(said.length <= 9, said.join(' '))
})

for (const [dialect, most] of [
  ['off', 12],
  ['mqtt_universal_media_player', 12],
  // The moment of a position and a picture as text: nothing else that is said is either.
  ['mqtt_media_player', 14],
  ['mqtt_media_player_shyndman', 14],
] as const) {
  test(
    `${dialect}: a change to another artist's album is at most ${most} messages`,
    integrationTest,
    async (t) => {
      const agent = await signedInAgent(t, { env: { ...on, A2M_HA_MEDIA_PLAYER: dialect } })
      await agent.play('sunday kitchen', 'playlist')
      await agent.said('cover', ({ payload }) => payload.length > 0)
      const { media_artist: artist, media_image_url: cover } = agent.state()
      const soFar = await saidByTheNextTrack(agent)
      assert.notEqual(agent.state()['media_artist'], artist)
      assert.notEqual(agent.state()['media_image_url'], cover)
      const pictures = dialect === 'mqtt_media_player' ? ['cover', 'player/albumart'] : ['cover']
      await agent.until('its cover', () => pictures.every((topic) => soFar().includes(topic)))
      await agent.settle()
      const said = soFar()
      t.diagnostic(`${said.length} messages: ${said.join(' ')}`)
      assert.ok(said.length <= most, said.join(' '))
    },
  )
}

test('mqtt_media_player commands the agent', integrationTest, async (t) => {
  const agent = await signedInAgent(t, { env: on })
  await send(agent, 'player/set/play_media', '{"media_type":"music","media_id":"velvet orchard"}')
  await agent.said('state', ({ text }) => text.includes('"state":"playing"'))
  await send(agent, 'player/set/volume', '0.35')
  assert.deepEqual([agent.state()['volume'], agent.now('player/volume')], [35, '0.35'])
  const config = configIn(agent)
  assert.deepEqual(
    [config['command_mute_on_payload'], config['command_mute_off_payload']],
    ['mute', 'unmute'],
    "bkbilly's integration knows these words only",
  )
  for (const word of ['mute', 'unmute']) {
    await send(agent, (config['command_mute_topic'] ?? '').replace('a2m/kitchen/', ''), word)
    assert.deepEqual([agent.state()['muted'], agent.now('player/mute')], [word === 'mute', word])
  }
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

for (const [haMediaPlayer, topic, answeredOn] of [
  ['mqtt_media_player', 'player/set/play_media', 'response/play'],
  ['mqtt_media_player', 'player/set/volume', 'result'],
  ['mqtt_universal_media_player', 'player/command', 'result'],
] as const) {
  test(`more than 64 kB on ${topic} is refused as on any other topic`, integrationTest, async (t) => {
    const agent = await signedInAgent(t, { env: { ...on, A2M_HA_MEDIA_PLAYER: haMediaPlayer } })
    const long = JSON.stringify({ media_id: 'velvet orchard', media_type: 'x'.repeat(65_536), volume: 3 })
    await agent.publish(topic, long)
    const answer = await agent.said(answeredOn, ({ text }) => text.includes('"status":"error"'))
    assert.match(answer.text, /"code":"command\/too-large"/)
    assert.equal(agent.state()['state'], 'idle')
  })
}
