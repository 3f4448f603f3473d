import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import {
  albumTracks,
  endWithWholeRecord,
  longestGapMs,
  noSound,
  record,
  soundingAgent,
  soundOf,
  tonesIn,
} from '../support/audio/recorded-agent.ts'
import type { TestAgent } from '../support/agent.ts'
import { seeded } from '../integration/playback/engine-harness.ts'

interface Present {
  readonly type: string
  readonly id: string
  readonly canNext: boolean
  readonly reason: unknown
}

/** What topic `state` says to be playing now, once it is another than `before`. */
function present(agent: TestAgent, before = ''): Promise<Present> {
  return agent.until('what plays', () => {
    const state = agent.state()
    if (state['state'] !== 'playing' || state['media_content_id'] === before) return undefined
    return {
      type: String(state['media_content_type']),
      id: String(state['media_content_id']),
      canNext: state['can_next'] === true,
      reason: state['disabled_reason'],
    }
  })
}

describe('what the service puts in', { concurrency: true, skip: noSound }, () => {
  test('an ad is heard whole, is called one, and cannot be skipped', async (t) => {
    const { agent, ear } = await soundingAgent(t, {
      sandbox: { tier: 'FREE', adEvery: 1, random: seeded(3) },
    })
    await agent.play('Short Studies', 'album')
    const track = await present(agent)
    assert.equal(track.type, 'track')
    await ear.untilTone(soundOf(track.id).hz, 0)
    const fromMs = ear.nowMs
    assert.equal((await agent.ask('command', 'next')).status, 'ok')
    const ad = await present(agent, track.id)
    assert.deepEqual([ad.type, ad.canNext], ['ad', false])
    assert.equal(ad.reason, 'NEED_AMAZON_MUSIC_SUBSCRIPTION_FOR_AD_FREE_PLAYBACK')
    await ear.untilTone(soundOf(ad.id).hz, fromMs)
    assert.equal((await agent.ask('command', 'next')).error?.code, 'playback/forbidden')
    assert.equal((await agent.ask('set/media_position', '14')).status, 'error')
    await ear.untilTone(soundOf(ad.id).hz)
    await ear.listen(soundOf(ad.id).ms - 3_000)
    const after = await present(agent, ad.id)
    assert.equal(after.type, 'track')
    await ear.untilTone(soundOf(after.id).hz, fromMs)
    const sound = ear.heard(fromMs)
    const heard = tonesIn(sound).find(({ hz }) => hz === soundOf(ad.id).hz)
    t.diagnostic(`the ad: ${heard?.ms.toFixed(0)} of ${soundOf(ad.id).ms} ms`)
    assert.ok(
      Math.abs((heard?.ms ?? 0) - soundOf(ad.id).ms) < 500,
      'Math.abs((heard?.ms ?? 0) - soundOf(ad.id).ms) < 500',
    )
    await endWithWholeRecord(agent)
    assert.equal(record(agent).filter((line) => line.startsWith('start Advertisement')).length, 1)
  })

  test('a DJ is heard between the tracks of a station, and is called an interlude', async (t) => {
    const { agent, ear } = await soundingAgent(t, { sandbox: { interludeEvery: 1, random: seeded(5) } })
    await agent.play('Rock with DJ Mode', 'station')
    const track = await present(agent)
    assert.equal(track.type, 'track')
    const trackSound = soundOf(track.id)
    await ear.untilTone(trackSound.hz, 0)
    const fromMs = ear.nowMs
    assert.equal((await agent.ask('set/media_position', String(trackSound.ms / 1000 - 2))).status, 'ok')
    const dj = await present(agent, track.id)
    assert.equal(dj.type, 'interlude')
    const djSound = soundOf(dj.id)
    await ear.listen(djSound.ms - 2_000)
    const after = await present(agent, dj.id)
    assert.equal(after.type, 'track')
    await ear.untilTone(soundOf(after.id).hz, fromMs)
    const sound = ear.heard(fromMs)
    const heard = tonesIn(sound).find(({ hz }) => hz === djSound.hz)
    const gapMs = longestGapMs(sound)
    t.diagnostic(`the DJ: ${heard?.ms.toFixed(0)} of ${djSound.ms} ms; longest gap ${gapMs.toFixed(0)} ms`)
    assert.ok(Math.abs((heard?.ms ?? 0) - djSound.ms) < 500, 'Math.abs((heard?.ms ?? 0) - djSound.ms) < 500')
    assert.ok(gapMs <= 30, `a gap of ${gapMs} ms`)
    await endWithWholeRecord(agent)
  })

  test('a protected track in the middle is refused in words, reported, and passed over', async (t) => {
    const { agent, ear } = await soundingAgent(t)
    const [first, second, third] = albumTracks('Short Studies')
    assert.ok(first && second && third, 'first && second && third')
    agent.sandbox.control.protect(second.id)
    const fromMs = ear.nowMs
    await agent.play('Short Studies', 'album')
    await ear.untilTone(third.hz, fromMs)
    const sound = ear.heard(fromMs)
    const heard = tonesIn(sound)
    assert.deepEqual(
      heard.map(({ hz }) => hz),
      [first.hz, third.hz],
    )
    t.diagnostic(
      `${heard[0]?.ms.toFixed(0)} of ${first.ms} ms, then ${longestGapMs(sound).toFixed(0)} ms of silence`,
    )
    assert.ok(
      Math.abs((heard[0]?.ms ?? 0) - first.ms) < 500,
      'Math.abs((heard[0]?.ms ?? 0) - first.ms) < 500',
    )
    const errors = agent.messages.filter(({ text }) => text.includes('"event_type":"error"'))
    assert.deepEqual(
      errors.map(({ text }) => (JSON.parse(text) as Record<string, unknown>)['code']),
      ['player/protected'],
    )
    assert.deepEqual(agent.sandbox.control.requests('GET', '/protected/'), [])
    await agent.settle()
    await endWithWholeRecord(agent)
    assert.deepEqual(record(agent).slice(0, 4), [
      `start ${first.title}`,
      `stop ${first.title} trackFinished`,
      `stop ${second.title} error`,
      `start ${third.title}`,
    ])
  })
})
