import assert from 'node:assert/strict'

import { prefix } from '../../../support/built-agent.ts'
import { calls, stateBeforeAnswer } from '../service-calls.ts'
import { onEachVersion } from '../each-mqtt-version.ts'

const entity = ['reference_id', 'id', 'type', 'title', 'artist', 'album', 'duration', 'image']

onEachVersion('request/play plays what is meant by an id, a link, or words', async (agent) => {
  const { sandbox } = agent
  const catalog = sandbox.control.catalog()
  const album = catalog.find(({ kind }) => kind === 'album')
  const track = catalog.find(({ kind, id }) => kind === 'track' && album?.holds.includes(id) === true)
  const station = catalog.find(({ kind }) => kind === 'station')
  assert.ok(
    album !== undefined && track !== undefined && station !== undefined,
    'album !== undefined && track !== undefined && station !== undefined',
  )
  const wishes: readonly (readonly [object, string])[] = [
    [{ id: album.mrn }, album.mrn],
    [{ id: album.id, type: 'album' }, album.id],
    [{ id: `https://music.amazon.com/albums/${album.id}?trackAsin=${track.id}` }, 'link'],
    [{ id: station.id }, station.id],
    [{ query: 'sunday kitchen', type: 'playlist' }, 'sunday kitchen'],
    [{ query: album.title, type: 'album', shuffle: true, repeat: 'all', autoplay: false }, album.title],
  ]
  for (const [wish, context] of wishes) {
    const answer = await agent.ask('request/play', JSON.stringify(wish))
    assert.equal(answer.status, 'ok', `${JSON.stringify(wish)}: ${JSON.stringify(answer)}`)
    const said = stateBeforeAnswer(agent)
    assert.equal(said['state'], 'playing')
    if (context !== 'link') assert.equal(said['context'], context)
    else assert.equal(said['media_content_id'], track.id)
    assert.equal(answer.data?.['media_title'], said['media_title'])
    assert.equal(said['shuffle'], 'shuffle' in wish)
    assert.equal(said['repeat'], 'repeat' in wish ? 'all' : 'off')
  }
})

onEachVersion('request/play with enqueue puts it next or last into the queue that plays', async (agent) => {
  const [one, two] = agent.sandbox.control.catalog().filter(({ kind }) => kind === 'track')
  await agent.play('sunday kitchen', 'playlist')
  const playing = agent.state()['media_content_id']
  assert.equal((await agent.ask('request/play', `{"id":"${one?.mrn ?? ''}","enqueue":"next"}`)).status, 'ok')
  const queue = (await agent.ask('request/queue')).data as { next: { id: string }[] }
  assert.equal(queue.next[0]?.id, one?.id)
  assert.equal((await agent.ask('request/play', `{"id":"${two?.mrn ?? ''}","enqueue":"last"}`)).status, 'ok')
  assert.equal(agent.state()['media_content_id'], playing)
  const made = calls(agent.sandbox)
  assert.ok(
    made.includes('POST playback/sessions/{id}/next') && made.includes('POST playback/sessions/{id}/last'),
    `made.includes('POST playback/sessions/{id}/next') && made.includes('POST playback/sessi...`,
  )
})

onEachVersion('each request answers in its own shape', async (agent) => {
  await agent.play('sunday kitchen', 'playlist')

  const queue = await agent.ask('request/queue', '')
  const data = queue.data as { session_id: string; current: object; next: object[]; previous: object[] }
  assert.deepEqual(Object.keys(data), ['session_id', 'current', 'next', 'previous'])
  assert.deepEqual(Object.keys(data.current), entity)
  assert.equal(JSON.stringify(data), agent.now('queue'))
  const before = calls(agent.sandbox).length
  const asked = await agent.ask('request/queue', '{"refresh":true,"transaction":7}')
  assert.equal(asked.transaction, 7)
  assert.equal((asked.data as typeof data).session_id, data.session_id)
  assert.deepEqual(Object.keys((asked.data as typeof data).current), entity)
  assert.equal(calls(agent.sandbox).slice(before).includes('GET playback/sessions/{id}/view'), true)

  const sessions = (await agent.ask('request/sessions')).data as unknown as {
    session_id: string
    current: object
  }[]
  assert.equal(sessions.length, 1)
  assert.ok(sessions[0] !== undefined, 'sessions[0] !== undefined')
  assert.equal(sessions[0].session_id, data.session_id)
  assert.deepEqual(Object.keys(sessions[0].current), entity)

  const hits = (await agent.ask('request/search', '{"query":"sunday","limit":3}')).data as unknown as object[]
  assert.ok(hits.length >= 1 && hits.length <= 3, 'hits.length >= 1 && hits.length <= 3')
  for (const hit of hits)
    assert.deepEqual(Object.keys(hit), ['id', 'title', 'artist', 'type', 'url', 'image'])

  assert.deepEqual((await agent.ask('request/presets')).data, [])
  const info = await agent.ask('request/info')
  assert.equal(JSON.stringify(info.data), agent.now('info'))
  assert.deepEqual(JSON.stringify((await agent.ask('request/login')).data), agent.now('login'))
  const health = (await agent.ask('request/health')).data as Record<string, unknown>
  assert.deepEqual(Object.keys(health), Object.keys(JSON.parse(agent.now('health') ?? '{}') as object))
})

onEachVersion(
  'request/call does any of the operations and shows no secret and no media URL',
  async (agent) => {
    await agent.play('sunday kitchen', 'playlist')
    const session = { sessionId: agent.state()['session_id'] }
    const { mrn } = agent.sandbox.control.catalog().find(({ kind }) => kind === 'track') ?? { mrn: '' }
    const operations: readonly (readonly [string, object])[] = [
      ['getCurrentTrack', session],
      ['getNextTracks', session],
      ['getPreviousTracks', session],
      ['getPlaybackQueue', session],
      ['getActiveSessions', {}],
      ['queueNext', { ...session, id: mrn }],
      ['queueLast', { ...session, id: mrn }],
      ['setLoop', { ...session, loopMode: 'LOOP_ON' }],
      ['setShuffle', { ...session, shuffleMode: 'SHUFFLE_ON' }],
      ['restoreSession', session],
      ['createSession', { id: mrn }],
    ]
    for (const [operation, args] of operations) {
      const answer = await agent.ask(
        'request/call',
        JSON.stringify({ operation, arguments: args, transaction: 'c' }),
      )
      assert.equal(answer.status, 'ok', `${operation}: ${JSON.stringify(answer)}`)
      assert.equal(answer.transaction, 'c')
    }
    const said = agent.messages
      .filter(({ topic }) => topic.startsWith(`${prefix}/`) && !topic.endsWith('/cover'))
      .map(({ text }) => text)
      .join('\n')
    for (const secret of Object.values(agent.sandbox.control.secrets()).flat() as string[]) {
      assert.ok(!said.includes(secret), 'a secret on a topic')
    }
    assert.ok(!said.includes('/audio/'), 'a media URL on a topic')
  },
)
