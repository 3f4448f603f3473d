import assert from 'node:assert/strict'
import { test } from 'node:test'

import { signedInAgent, startTestAgent, type TestAgent } from '../../../support/agent.ts'
import { noMosquitto } from '../../../support/mqtt/mosquitto.ts'
import { noMpv } from '../../player/mpv-harness.ts'
import { file, soundServer, wav } from '../../player/sound-server.ts'
import { onEachVersion } from '../each-mqtt-version.ts'

type Event = Record<string, unknown>

function events(agent: TestAgent): readonly Event[] {
  return agent.messages
    .filter(({ topic }) => topic.endsWith('/event'))
    .map(({ text }) => JSON.parse(text) as Event)
    .filter(({ event_type: type }) => /^(sleep|announcement)_/.test(String(type)))
    .map(({ at, ...event }) => {
      assert.ok(at, 'at')
      return event
    })
}

onEachVersion('the sleep timer is shown, and pauses the music at its end', async (agent) => {
  await agent.play('sunday kitchen', 'playlist')
  const answer = await agent.ask('request/sleep', '{"minutes":1,"fade_seconds":5,"transaction":"s"}')
  const sleepAt = new Date(agent.clock.epochMs() + 60_000).toISOString()
  assert.deepEqual([answer.data, answer.transaction], [{ sleep_at: sleepAt }, 's'])
  assert.equal(agent.state()['sleep_at'], sleepAt)
  assert.equal(agent.now('state/sleep_at'), sleepAt)
  await agent.clock.advance(65_000)
  await agent.said('state', ({ text }) => text.includes('"state":"paused"'))
  await agent.until('its event', () => events(agent).length === 2)
  assert.deepEqual(events(agent), [
    { event_type: 'sleep_set', sleep_at: sleepAt, minutes: 1 },
    { event_type: 'sleep_ended', outcome: 'over', paused: true },
  ])
  assert.equal(agent.state()['sleep_at'], null)
})

onEachVersion('the sleep timer is cancelled with 0 minutes', async (agent) => {
  await agent.play('sunday kitchen', 'playlist')
  await agent.ask('request/sleep', '{"minutes":1}')
  assert.deepEqual((await agent.ask('request/sleep', '{"minutes":0}')).data, { sleep_at: null })
  await agent.clock.advance(90_000)
  await agent.settle()
  assert.equal(agent.state()['state'], 'playing')
})

onEachVersion('without a player that sounds an announcement is refused', async (agent) => {
  const answer = await agent.ask('request/announce', '{"url":"http://door.lan/a.mp3"}')
  assert.equal(answer.error?.code, 'player/missing')
  assert.equal(agent.state()['announcing'], false)
  assert.equal((await agent.ask('request/announce_stop')).status, 'ok')
})

test(
  'an announcement is answered at once, holds up no command, and events tell the rest',
  {
    skip: noMosquitto || noMpv,
  },
  async (t) => {
    // Short: on a clock that stands still a longer one would seem to end too early.
    const { url } = await soundServer(t, { '/door': file(wav(1, 1_000)) })
    const env = { A2M_PLAYER: 'mpv', A2M_AUDIO_DEVICE: 'null', A2M_VOLUME_LIMIT: '40', A2M_ANNOUNCE: 'pause' }
    const agent = await startTestAgent(t, { env })
    await agent.signIn()
    const cut = await agent.ask('set/volume', '80')
    assert.deepEqual([cut.data?.['volume'], cut.data?.['volume_limit']], [40, 40])
    await agent.play('sunday kitchen', 'playlist')
    const announcement = `{"url":"${url}/door?token=canary","volume":90,"transaction":7}`
    assert.deepEqual((await agent.ask('request/announce', announcement)).data, { queued: 0 })
    assert.equal(agent.state()['announcing'], true)
    await agent.until('its start', () => events(agent).length === 1)
    assert.equal((await agent.ask('command', 'next')).status, 'ok')
    await agent.until('the end of its sound', () => agent.clock.sleeps.includes(500))
    await agent.clock.advance(500)
    await agent.until('its end', () => events(agent).length === 2)
    await agent.said('state', ({ text }) => text.includes('"announcing":false'))
    const host = new URL(url).host
    assert.deepEqual(events(agent), [
      { event_type: 'announcement_started', host, volume: 40, transaction: 7 },
      {
        event_type: 'announcement_ended',
        host,
        ok: true,
        outcome: 'heard',
        code: null,
        message: null,
        transaction: 7,
      },
    ])
    await agent.said('state', ({ text }) => text.includes('"state":"playing"'))
    assert.doesNotMatch(
      agent.log.join('') +
        agent.messages.map(({ topic, text }) => (topic.endsWith('request/announce') ? '' : text)).join(''),
      /canary/,
    )
  },
)

test(
  'music is after an announcement what it was, or what was wanted meanwhile',
  {
    skip: noMosquitto || noMpv,
  },
  async (t) => {
    const { url } = await soundServer(t, { '/door': file(wav(1, 1_000)) })
    const agent = await signedInAgent(t, { env: { A2M_PLAYER: 'mpv', A2M_AUDIO_DEVICE: 'null' } })
    const announce = async (mode: string, meanwhile?: string): Promise<Record<string, unknown>> => {
      const begun = events(agent).length
      await agent.ask('request/announce', JSON.stringify({ url: `${url}/door`, mode }))
      await agent.until('its start', () => events(agent).length > begun)
      if (meanwhile !== undefined) assert.equal((await agent.ask('command', meanwhile)).status, 'ok')
      await agent.until('the end of its sound', () => agent.clock.sleeps.includes(500))
      await agent.clock.advance(500)
      // It rises in steps of the clock that stands still.
      await agent.until('the music back', () => {
        void agent.clock.advance(50)
        return agent.state()['announcing'] === false
      })
      return agent.state()
    }
    for (const mode of ['pause', 'duck']) {
      assert.equal((await announce(mode))['state'], 'idle')
      await agent.play('sunday kitchen', 'playlist')
      const playing = agent.state()['media_content_id']
      const after = await announce(mode)
      assert.deepEqual([after['state'], after['media_content_id']], ['playing', playing])
      assert.equal((await announce(mode, 'pause'))['state'], 'paused')
      assert.equal((await announce(mode))['state'], 'paused')
      assert.equal((await announce(mode, 'play'))['state'], 'playing')
      const skipped = await announce(mode, 'next')
      assert.notEqual(skipped['media_content_id'], playing)
      await agent.said('state', ({ text }) => text.includes('"state":"playing"'))
      assert.equal((await announce(mode, 'stop'))['state'], 'idle')
    }
  },
)
