import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import {
  albumTracks,
  answersInTime,
  endWithWholeRecord,
  longestGapMs,
  noSound,
  record,
  soundingAgent,
  tonesIn,
  type Ear,
} from '../support/audio/recorded-agent.ts'

const tracks = albumTracks('Short Studies')
const [first, second, third, fourth, fifth] = tracks
assert.ok(first && second && third && fourth && fifth, 'first && second && third && fourth && fifth')

/** All of the tracks before the fifth were heard, each once and whole. @returns the longest silence, in milliseconds */
async function heardUntilFifth(ear: Ear, fromMs: number): Promise<number> {
  await ear.untilTone(fifth?.hz ?? 0, fromMs, 60_000)
  const sound = ear.heard(fromMs)
  const heard = tonesIn(sound)
  const wanted = tracks.slice(0, 5)
  assert.deepEqual(
    heard.map(({ hz }) => hz),
    wanted.map(({ hz }) => hz),
  )
  for (const [i, { ms }] of heard.slice(0, 4).entries()) {
    const of = wanted[i]?.ms ?? 0
    assert.ok(Math.abs(ms - of) < 500, `${ms} of ${of} ms of track ${i}`)
  }
  return longestGapMs(sound)
}

const playedInOrder = wholePlays(tracks.slice(0, 4))

function wholePlays(played: typeof tracks): readonly string[] {
  return played.flatMap(({ title }) => [`start ${title}`, `stop ${title} trackFinished`])
}

describe('the service goes wrong', { concurrency: true, skip: noSound }, () => {
  test('network away: what is at hand plays, and the rest when it is back', async (t) => {
    const { agent, ear } = await soundingAgent(t)
    const { control } = agent.sandbox
    const fromMs = ear.nowMs
    await agent.play('Short Studies', 'album')
    await ear.untilTone(first.hz, fromMs)
    // By now the second track is at hand, too.
    await ear.listen(1_000)
    control.fault({ drop: 'before', times: 1e9 })
    await ear.untilTone(second.hz)
    await ear.untilTone(0)
    await agent.until('buffering', () => agent.state()['state'] === 'buffering')
    assert.equal(agent.state()['media_content_id'], third.id)
    t.diagnostic(`answers within ${(await answersInTime(agent)).toFixed(0)} ms`)
    await ear.listen(3_000)
    control.clearFaults()
    const backAtMs = ear.nowMs
    t.diagnostic(`heard again ${await ear.untilTone(third.hz, backAtMs)} ms after the network is back`)
    const silenceMs = await heardUntilFifth(ear, fromMs)
    t.diagnostic(`silent for ${silenceMs.toFixed(0)} ms`)
    await endWithWholeRecord(agent)
    assert.deepEqual(record(agent).slice(0, 8), playedInOrder)
  })

  test('a session that lapses twice leaves no gap', async (t) => {
    const { agent, ear } = await soundingAgent(t)
    const fromMs = ear.nowMs
    await agent.play('Short Studies', 'album')
    await ear.untilTone(first.hz, fromMs)
    agent.sandbox.control.lapseSessions()
    await ear.untilTone(third.hz)
    agent.sandbox.control.lapseSessions()
    const silenceMs = await heardUntilFifth(ear, fromMs)
    t.diagnostic(`longest silence ${silenceMs.toFixed(0)} ms`)
    assert.ok(silenceMs <= 30, `silenceMs <= 30: ${silenceMs}`)
    await endWithWholeRecord(agent)
    t.diagnostic(record(agent).join(', '))
    assert.deepEqual(record(agent).slice(0, 8), playedInOrder)
  })

  test('another device takes the stream: silence, words, and back when it is asked for', async (t) => {
    const { agent, ear } = await soundingAgent(t)
    const { control } = agent.sandbox
    const fromMs = ear.nowMs
    await agent.play('Short Studies', 'album')
    await ear.untilTone(first.hz, fromMs)
    control.takeOver()
    await agent.said('event', ({ text }) => text.includes('"stream_taken_over"'))
    await ear.untilTone(0)
    assert.equal(agent.state()['state'], 'idle')
    t.diagnostic(`answers within ${(await answersInTime(agent)).toFixed(0)} ms`)
    const refused = await agent.ask('command', 'play')
    assert.equal(refused.error?.code, 'music/max-concurrency')
    const askedAtMs = ear.nowMs
    const answer = await agent.ask('command', '{"command":"play","takeover":true}')
    assert.equal(answer.status, 'ok', JSON.stringify(answer))
    await ear.untilTone(second.hz, askedAtMs)
    await ear.untilTone(third.hz, askedAtMs)
    const sound = ear.heard(askedAtMs)
    assert.deepEqual(
      tonesIn(sound).map(({ hz }) => hz),
      [second.hz, third.hz],
    )
    await endWithWholeRecord(agent)
  })

  test('the wall clock jumps by years, forth and back, and nobody hears it', async (t) => {
    const { agent, ear, clock } = await soundingAgent(t)
    const fromMs = ear.nowMs
    await agent.play('Short Studies', 'album')
    const yearMs = 365 * 86_400_000
    for (const [track, jumpMs] of [
      [first, yearMs],
      [second, -2 * yearMs],
      [third, yearMs],
    ] as const) {
      await ear.untilTone(track.hz)
      clock.jumpWallClock(jumpMs)
      t.diagnostic(`answers within ${(await answersInTime(agent)).toFixed(0)} ms`)
    }
    const silenceMs = await heardUntilFifth(ear, fromMs)
    assert.ok(silenceMs <= 30, `${silenceMs} ms`)
    await agent.stop()
    assert.deepEqual(record(agent).slice(0, 8), playedInOrder)
    const { control } = agent.sandbox
    assert.deepEqual(control.unfinished(), [])
    // A clock that is put back shows in the times: no other disorder may.
    assert.deepEqual(
      control.violations().filter(({ what }) => !what.startsWith('the timestamp is earlier')),
      [],
    )
    for (const [i, { event }] of control.reports().entries()) {
      if (event.type !== 'stop') continue
      const seconds = Number(event.fields['durationSeconds'])
      const of = (tracks[Math.floor(i / 2)]?.ms ?? 0) / 1000
      if (i < 8) assert.ok(Math.abs(seconds - of) <= 1, `${seconds} of ${of} s`)
    }
  })
})
