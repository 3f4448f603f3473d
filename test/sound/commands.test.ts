import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { levelDb } from '../support/audio/sound-analysis.ts'
import { RunningClock } from '../support/clocks/running-clock.ts'
import {
  albumTracks,
  endWithWholeRecord,
  noSound,
  record,
  soundingAgent,
  tonesIn,
} from '../support/audio/recorded-agent.ts'

/** The sandbox's tones at full volume: a sine of peak 8000 of 32768. */
const steadyDb = -15.26

describe('commands are heard', { concurrency: true, skip: noSound }, () => {
  test('volume in decibels, mute, and a seek to where the next track is 4 s away', async (t) => {
    const { agent, ear } = await soundingAgent(t)
    const [first, second] = albumTracks('Quiet Compass')
    assert.ok(first && second, 'first && second')
    await agent.play('Quiet Compass', 'album')
    await ear.untilTone(first.hz)
    await agent.ask('set/volume', '100')
    const full = await ear.untilLevel(steadyDb)
    for (const [percent, db] of [
      [50, -18.06],
      [25, -36.12],
    ] as const) {
      await agent.ask('set/volume', String(percent))
      const lower = (await ear.untilLevel(full + db, 1)) - full
      t.diagnostic(`volume ${percent}: ${lower.toFixed(2)} dB`)
    }
    await agent.ask('set/volume', '100')
    await agent.ask('command', 'mute')
    await ear.untilTone(0)
    assert.equal(levelDb(await ear.listen(500)), -Infinity)
    await agent.ask('command', 'unmute')
    await ear.untilLevel(full, 0.2)

    const soughtAtMs = ear.nowMs
    await agent.ask('set/media_position', String(first.ms / 1000 - 4))
    const tookMs = await ear.untilTone(second.hz, soughtAtMs)
    t.diagnostic(`4 s before the end: the next one after ${tookMs} ms`)
    assert.ok(tookMs > 3_700 && tookMs < 5_500, `${tookMs} ms`)
    await endWithWholeRecord(agent)
  })

  test('a pause loses no sound and repeats none; next and previous', async (t) => {
    const { agent, ear } = await soundingAgent(t)
    const tracks = albumTracks('Short Studies')
    const [first, second, third] = tracks
    assert.ok(first && second && third, 'first && second && third')
    const fromMs = ear.nowMs
    await agent.play('Short Studies', 'album')
    await ear.untilTone(first.hz, fromMs)
    await ear.listen(1_000)
    const pausedAtMs = ear.nowMs
    await agent.ask('command', 'pause')
    const untilSilenceMs = await ear.untilTone(0, pausedAtMs)
    assert.equal(levelDb(await ear.listen(1_500)), -Infinity)
    assert.equal(agent.state()['state'], 'paused')
    const resumedAtMs = ear.nowMs
    await agent.ask('command', 'play')
    const untilSoundMs = await ear.untilTone(first.hz, resumedAtMs)
    await ear.untilTone(second.hz)
    const sound = ear.heard(fromMs)
    const [heard] = tonesIn(sound)
    t.diagnostic(`silent ${untilSilenceMs} ms after pause, heard ${untilSoundMs} ms after play`)
    t.diagnostic(`${heard?.ms.toFixed(1)} of ${first.ms} ms heard`)
    assert.ok(Math.abs((heard?.ms ?? 0) - first.ms) < 250, `${heard?.ms} of ${first.ms} ms`)
    assert.ok(
      untilSilenceMs < 1_000 && untilSoundMs < 1_000,
      'untilSilenceMs < 1_000 && untilSoundMs < 1_000',
    )

    await ear.listen(500)
    for (const [verb, track] of [
      ['next', third],
      ['previous', second],
    ] as const) {
      const askedAtMs = ear.nowMs
      await agent.ask('command', verb)
      const tookMs = await ear.untilTone(track.hz, askedAtMs)
      t.diagnostic(`${verb} is heard after ${tookMs} ms`)
      assert.ok(tookMs < 1_500, `${tookMs} ms`)
      await agent.said('state', ({ text }) => text.includes(track.id) && text.includes('"playing"'))
    }
    await agent.ask('command', 'stop')
    await ear.untilTone(0)
    await endWithWholeRecord(agent)
    assert.deepEqual(record(agent), [
      `start ${first.title}`,
      `stop ${first.title} userStop`,
      `start ${first.title}`,
      `stop ${first.title} trackFinished`,
      `start ${second.title}`,
      `stop ${second.title} userNext`,
      `start ${third.title}`,
      `stop ${third.title} userPrev`,
      `start ${second.title}`,
      `stop ${second.title} userStop`,
    ])
  })

  test('the night limit is heard when the night begins, and its quiet hours keep a restart silent', async (t) => {
    const clock = new RunningClock()
    const now = new Date()
    clock.jumpWallClock(new Date(now).setHours(21, 59, 40) - now.getTime())
    const { agent, ear } = await soundingAgent(t, {
      clock,
      env: { A2M_QUIET_HOURS: '22:00-07:00', A2M_NIGHT_VOLUME_LIMIT: '50', A2M_RESUME: 'playing' },
    })
    const [first] = albumTracks('Quiet Compass')
    assert.ok(first, 'first')
    await agent.play('Quiet Compass', 'album')
    await agent.ask('set/volume', '100')
    const day = await ear.untilLevel(steadyDb)
    assert.equal(new Date(clock.epochMs()).getHours(), 21, 'the night came before the test')
    const night = (await ear.untilLevel(day - 18.06, 1, 30_000)) - day
    assert.equal(new Date(clock.epochMs()).getHours(), 22)
    t.diagnostic(`the night is ${night.toFixed(2)} dB`)

    await agent.stop()
    await agent.start()
    await agent.said('state', ({ text }) => text.includes('"state":"paused"'))
    assert.equal(levelDb(await ear.listen(1_000)), -Infinity)
    await agent.ask('command', 'play')
    await ear.untilLevel(day - 18.06, 1)
    await endWithWholeRecord(agent)
  })
})
