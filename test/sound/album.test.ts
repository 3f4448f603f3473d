import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { eventually } from '../support/eventually.ts'
import {
  albumTracks,
  endWithWholeRecord,
  longestGapMs,
  noSound,
  record,
  soundingAgent,
  tonesIn,
} from '../support/audio/recorded-agent.ts'

const tracks = albumTracks('Short Studies')
const wholeMs = tracks.reduce((sum, { ms }) => sum + ms, 0)

/** Two tracks in a row of the same pitch are one tone. */
const tones = tracks.map(({ hz }) => hz).filter((hz, i, all) => hz !== all[i - 1])

describe('an album is heard to its end', { concurrency: true, skip: noSound }, () => {
  for (const streams of ['file', 'dash'] as const) {
    test(`as ${streams}: its tones in order, without a gap, and the service knows`, async (t) => {
      const { agent, ear } = await soundingAgent(t, { sandbox: { streams } })
      const askedAtMs = ear.nowMs
      await agent.play('Short Studies', 'album')
      const states = new Set<unknown>()
      await ear.untilTone(tracks[0]?.hz ?? 0, askedAtMs)
      const step = (): Promise<unknown> => {
        states.add(agent.state()['media_content_id'])
        return ear.listen(100)
      }
      const isIdle = (): boolean => agent.now('state')?.includes('"state":"idle"') === true
      await eventually('the end of the album', isIdle, { withinMs: 120_000, seen: () => agent.state(), step })
      await ear.untilTone(0)
      const sound = ear.heard(askedAtMs)
      const heard = tonesIn(sound)
      assert.deepEqual(
        heard.map(({ hz }) => hz),
        tones,
      )
      const soundedMs = heard.reduce((sum, { ms }) => sum + ms, 0)
      const gapMs = longestGapMs(sound)
      t.diagnostic(`first sound after ${heard[0]?.fromMs.toFixed(0)} ms`)
      t.diagnostic(`longest gap ${gapMs.toFixed(1)} ms; ${soundedMs.toFixed(1)} of ${wholeMs} ms heard`)
      assert.ok(gapMs <= 30, `a gap of ${gapMs} ms`)
      assert.ok(Math.abs(soundedMs - wholeMs) < 1_000, `${soundedMs} of ${wholeMs} ms`)

      assert.deepEqual(
        [...states],
        tracks.map(({ id }) => id),
      )
      await endWithWholeRecord(agent)
      assert.deepEqual(
        record(agent),
        tracks.flatMap(({ title }) => [`start ${title}`, `stop ${title} trackFinished`]),
      )
      const said = agent.sandbox.control.reports().filter(({ event }) => event.type === 'stop')
      for (const [i, { event }] of said.entries()) {
        const seconds = Number(event.fields['durationSeconds'])
        assert.ok(Math.abs(seconds * 1000 - (tracks[i]?.ms ?? 0)) <= 1_000, `${seconds} s of track ${i}`)
      }
      const events = agent.messages
        .filter(({ topic }) => topic.endsWith('/event'))
        .map(({ text }) => JSON.parse(text) as Record<string, string>)
      assert.deepEqual(
        events
          .filter(({ event_type: type }) => type === 'track_changed')
          .map((one) => one['media_content_id']),
        tracks.map(({ id }) => id),
      )
      assert.equal(events.filter(({ event_type: type }) => type === 'queue_ended').length, 1)
    })
  }
})
