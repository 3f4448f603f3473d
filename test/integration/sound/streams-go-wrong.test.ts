import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'

import type { Conditions } from '../../../src/sandbox/conditions.ts'
import type { Fault } from '../../../src/sandbox/http/faults.ts'
import { gaps } from '../../support/sound.ts'
import {
  albumTracks,
  answersInTime,
  endWithWholeRecord,
  noSound,
  record,
  soundingAgent,
  tonesIn,
  type SoundingAgent,
} from '../../support/sounding-agent.ts'

const tracks = albumTracks('Short Studies')
const [first, second, third, fourth] = tracks
assert.ok(first && second && third && fourth)

/** Bytes of the sandbox's sound: its header, and a second. */
const headerBytes = 44
const secondBytes = 32_000

/** Plays the album, whose second track meets `faults`. Resolves when the first is heard. */
async function playInto(
  t: TestContext,
  faults: readonly Fault[],
  conditions: Partial<Conditions> = {},
): Promise<SoundingAgent & { readonly fromMs: number }> {
  const sounding = await soundingAgent(t, { sandbox: conditions })
  const { agent, ear } = sounding
  for (const fault of faults) agent.sandbox.control.fault({ path: `/audio/${second?.id}`, ...fault })
  const fromMs = ear.nowMs
  await agent.play('Short Studies', 'album')
  await ear.untilTone(first?.hz ?? 0, fromMs)
  return { ...sounding, fromMs }
}

/** What was heard until the third track began: all of the first, and of the second. */
async function heardUntilThird(
  t: TestContext,
  { agent, ear, fromMs }: Awaited<ReturnType<typeof playInto>>,
  withinMs = 40_000,
): Promise<{ readonly secondMs: number; readonly longestGapMs: number }> {
  await ear.untilTone(third?.hz ?? 0, fromMs, withinMs)
  const sound = ear.heard(fromMs)
  const heard = tonesIn(sound)
  const longestGapMs = Math.max(0, ...gaps(sound).map(({ ms }) => ms))
  const secondMs = heard.find(({ hz }) => hz === second?.hz)?.ms ?? 0
  t.diagnostic(heard.map(({ hz, ms }) => `${hz} Hz for ${ms.toFixed(0)} ms`).join(', '))
  t.diagnostic(
    `longest silence ${longestGapMs.toFixed(0)} ms; answers within ${(await answersInTime(agent)).toFixed(0)} ms`,
  )
  return { secondMs, longestGapMs }
}

const whole = (ms: number, of: number, byMs = 100): void =>
  assert.ok(Math.abs(ms - of) < byMs, `${ms} of ${of} ms heard`)

describe('streams go wrong', { concurrency: true, skip: noSound }, () => {
  test('cut in the middle: it goes on where it was', async (t) => {
    const played = await playInto(t, [{ cutAfterBytes: headerBytes + 3 * secondBytes }])
    const { secondMs } = await heardUntilThird(t, played)
    whole(secondMs, second.ms)
    await endWithWholeRecord(played.agent)
    assert.deepEqual(record(played.agent).slice(0, 5), [
      `start ${first.title}`,
      `stop ${first.title} trackFinished`,
      `start ${second.title}`,
      `stop ${second.title} trackFinished`,
      `start ${third.title}`,
    ])
  })

  test('an address that has expired: a fresh one is asked for', async (t) => {
    const played = await playInto(t, [], { audioUrlLifetime: 2 })
    const { agent, ear } = played
    await agent.ask('command', 'pause')
    await ear.listen(3_000)
    await agent.ask('command', 'play')
    const { secondMs } = await heardUntilThird(t, played)
    // mpv drops what the sound card still has when it cannot open what follows.
    whole(secondMs, second.ms, 500)
    assert.ok(agent.sandbox.control.requests('GET', '/audio').some(({ status }) => status === 403))
    await endWithWholeRecord(agent)
  })

  for (const status of [404, 403, 503]) {
    test(`${status}, once: it is asked for again`, async (t) => {
      const played = await playInto(t, [{ status }])
      const { secondMs } = await heardUntilThird(t, played)
      whole(secondMs, second.ms)
      await endWithWholeRecord(played.agent)
    })
  }

  for (const [what, fault] of [
    ['404 for good', { status: 404 }],
    ['noise', { noise: true }],
    ['a web page', { status: 200, body: '<html>gone</html>', headers: { 'content-type': 'text/html' } }],
    ['an empty file', { status: 200, body: '' }],
  ] as const) {
    test(`${what}: said, passed over, and the rest is heard`, async (t) => {
      const played = await playInto(t, [{ ...fault, times: 1_000 }])
      const { secondMs } = await heardUntilThird(t, played)
      assert.equal(secondMs, 0)
      const { agent } = played
      assert.match(agent.messages.map(({ text }) => text).join('\n'), /"event_type":"error"[^\n]*"player\//)
      await endWithWholeRecord(agent)
    })
  }

  test('a stream that stalls is buffering, and next is heard', async (t) => {
    const [long, next] = albumTracks('Quiet Compass')
    assert.ok(long && next)
    const { agent, ear } = await soundingAgent(t, { sandbox: { streams: 'dash' } })
    agent.sandbox.control.fault({ path: `/dash/${long.id}/3.m4s`, stallAfterBytes: 30_000, times: 1_000 })
    await agent.play('Quiet Compass', 'album')
    await ear.untilTone(long.hz, 0)
    await ear.untilTone(0)
    await agent.until('buffering', () => agent.state()['state'] === 'buffering')
    t.diagnostic(`answers within ${(await answersInTime(agent)).toFixed(0)} ms`)
    const askedAtMs = ear.nowMs
    assert.equal((await agent.ask('command', 'next')).status, 'ok')
    t.diagnostic(`next is heard after ${await ear.untilTone(next.hz, askedAtMs)} ms`)
    await endWithWholeRecord(agent)
    assert.deepEqual(record(agent).slice(0, 2), [`start ${long.title}`, `stop ${long.title} userNext`])
  })

  test('a slow stream stands still now and then: what was heard is told as it was', async (t) => {
    const [long] = albumTracks('Quiet Compass')
    assert.ok(long)
    const { agent, ear } = await soundingAgent(t, { sandbox: { streams: 'dash' } })
    const fault = { path: `/dash/${long.id}/`, bytesPerSecond: 0.7 * secondBytes, times: 1_000 }
    agent.sandbox.control.fault(fault)
    const fromMs = ear.nowMs
    await agent.play('Quiet Compass', 'album')
    await ear.untilTone(long.hz, fromMs)
    for (let silences = 0; silences < 2; silences++) {
      await ear.untilTone(0)
      await agent.until('buffering', () => agent.state()['state'] === 'buffering')
      t.diagnostic(`answers within ${(await answersInTime(agent)).toFixed(0)} ms`)
      await ear.untilTone(long.hz)
    }
    await agent.until('sound', () => agent.state()['state'] === 'playing')
    await agent.ask('command', 'stop')
    await ear.untilTone(0)
    const [heard] = tonesIn(ear.heard(fromMs))
    await endWithWholeRecord(agent)
    const told = agent.sandbox.control.reports().at(-1)?.event.fields
    t.diagnostic(`heard ${heard?.ms.toFixed(0)} ms, told ${JSON.stringify(told)}`)
    assert.ok(Number(told?.['rebufferCount']) >= 2)
    whole(Number(told?.['durationSeconds']) * 1000, heard?.ms ?? 0, 1_500)
    whole(Number(told?.['entityProgressSeconds']) * 1000, heard?.ms ?? 0, 1_500)
  })

  test('a stream without an end: next is heard', async (t) => {
    const played = await playInto(t, [{ endless: true, times: 1_000 }])
    const { agent, ear } = played
    await ear.untilTone(second.hz)
    await ear.listen(second.ms + 2_000)
    t.diagnostic(`answers within ${(await answersInTime(agent)).toFixed(0)} ms`)
    const askedAtMs = ear.nowMs
    assert.equal((await agent.ask('command', 'next')).status, 'ok')
    t.diagnostic(`next is heard after ${await ear.untilTone(third.hz, askedAtMs)} ms`)
    await endWithWholeRecord(agent)
  })
})
