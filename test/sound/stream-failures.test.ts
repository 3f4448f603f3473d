import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'

import type { Conditions } from '../../src/sandbox/conditions.ts'
import type { Fault } from '../../src/sandbox/http/faults.ts'
import {
  albumTracks,
  answersInTime,
  endWithWholeRecord,
  longestGapMs,
  noSound,
  record,
  soundingAgent,
  tonesIn,
  type SoundingAgent,
} from '../support/audio/recorded-agent.ts'

const tracks = albumTracks('Short Studies')
const [first, second, third, fourth] = tracks
assert.ok(first && second && third && fourth, 'first && second && third && fourth')

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

/** Listens until the third track begins. @returns how long the second was heard, in milliseconds */
async function heardOfSecond(
  t: TestContext,
  { agent, ear, fromMs }: Awaited<ReturnType<typeof playInto>>,
): Promise<number> {
  await ear.untilTone(third?.hz ?? 0, fromMs, 40_000)
  const sound = ear.heard(fromMs)
  const heard = tonesIn(sound)
  const answeredMs = await answersInTime(agent)
  t.diagnostic(heard.map(({ hz, ms }) => `${hz} Hz for ${ms.toFixed(0)} ms`).join(', '))
  t.diagnostic(`longest gap ${longestGapMs(sound).toFixed(0)} ms; answers within ${answeredMs.toFixed(0)} ms`)
  return heard.find(({ hz }) => hz === second?.hz)?.ms ?? 0
}

function near(ms: number, of: number, byMs = 500): void {
  assert.ok(Math.abs(ms - of) < byMs, `${ms} ms, expected ${of}`)
}

describe('streams go wrong', { concurrency: 4, skip: noSound }, () => {
  test('cut in the middle, and refused where it broke off: it goes on where it was', async (t) => {
    const played = await playInto(t, [
      { cutAfterBytes: headerBytes + 5 * secondBytes },
      // So often it is tried from within mpv: then the agent asks for a fresh address.
      { status: 404, times: 4 },
    ])
    const secondMs = await heardOfSecond(t, played)
    near(secondMs, second.ms)
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
    const secondMs = await heardOfSecond(t, played)
    // mpv drops what the sound card still has when it cannot open what follows.
    near(secondMs, second.ms)
    assert.equal(
      agent.sandbox.control.requests('GET', '/audio').some(({ status }) => status === 403),
      true,
    )
    await endWithWholeRecord(agent)
  })

  for (const status of [404, 403, 503]) {
    test(`${status}, for a while: it is asked for again`, async (t) => {
      // mpv asks when the first track is fetched, and once more when it is the second's turn.
      const played = await playInto(t, [{ status, times: 2 }])
      const secondMs = await heardOfSecond(t, played)
      near(secondMs, second.ms)
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
      const secondMs = await heardOfSecond(t, played)
      assert.equal(secondMs, 0)
      const { agent } = played
      assert.match(agent.messages.map(({ text }) => text).join('\n'), /"event_type":"error"[^\n]*"player\//)
      await endWithWholeRecord(agent)
    })
  }

  test('a stream that stalls is buffering, and next is heard', async (t) => {
    const [long, next] = albumTracks('Quiet Compass')
    assert.ok(long && next, 'long && next')
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
    assert.ok(long, 'long')
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
    assert.ok(Number(told?.['rebufferCount']) >= 2, `Number(told?.['rebufferCount']) >= 2`)
    near(Number(told?.['durationSeconds']) * 1000, heard?.ms ?? 0, 1_500)
    near(Number(told?.['entityProgressSeconds']) * 1000, heard?.ms ?? 0, 1_500)
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
