import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

import { eventually } from '../support/eventually.ts'
import { makeHome, prefix } from '../support/built-agent.ts'
import { levelDb } from '../support/audio/sound-analysis.ts'
import { albumTracks, Ear, mpvOfTest, noSound } from '../support/audio/recorded-agent.ts'
import { startSpeaker } from '../support/audio/virtual-speaker.ts'

const [first, second] = albumTracks('Quiet Compass')
assert.ok(first && second, 'first && second')

/** What the service is told is on the disk before that; where a track is, once a minute. */
const writtenMs = 3_000

/** One that has ended, but whose end nobody has asked for, does not run. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

test(
  'kill -9: no mpv is left, and the next life goes on where it was, or stays silent',
  { skip: noSound },
  async (t) => {
    const home = await makeHome(t, { sandbox: { swell: false } })
    const speaker = await startSpeaker()
    t.after(() => speaker[Symbol.asyncDispose]())
    const mpv = await mpvOfTest(t, speaker.env)
    const ear = new Ear(await speaker.record())
    const { control } = home.sandbox

    const kill = async (agent: ReturnType<typeof home.start>): Promise<void> => {
      const pid = await mpv.pid()
      assert.equal(isRunning(pid), true)
      agent.kill('SIGKILL')
      await agent.ended()
      const diedAtMs = performance.now()
      await eventually('the end of mpv', () => !isRunning(pid), { withinMs: 1_000 })
      t.diagnostic(`mpv was gone ${(performance.now() - diedAtMs).toFixed(0)} ms after the agent`)
      await ear.untilTone(0)
    }

    let agent = home.start({ env: mpv.env })
    await home.signIn()
    assert.equal((await home.ask('set', '{"volume":70}')).status, 'ok')
    assert.equal((await home.ask('request/play', '{"query":"Quiet Compass","type":"album"}')).status, 'ok')
    await ear.untilTone(first.hz, 0)
    const soughtAtMs = ear.nowMs
    assert.equal((await home.ask('command', '{"command":"seek","position":25}')).status, 'ok')
    const before = await ear.untilLevel(-15.26 - 9.29, 1)
    await ear.listen(writtenMs)
    const killedAtMs = ear.nowMs
    await kill(agent)

    agent = home.start({ env: { ...mpv.env, A2M_RESUME: 'playing' } })
    const startedAtMs = ear.nowMs
    const soundsAtMs = startedAtMs + (await ear.untilTone(first.hz, startedAtMs))
    t.diagnostic(`sounds ${(soundsAtMs - startedAtMs).toFixed(0)} ms after its start`)
    assert.ok(
      Math.abs((await ear.untilLevel(before, 0.3)) - before) <= 0.3,
      'Math.abs((await ear.untilLevel(before, 0.3)) - before) <= 0.3',
    )
    const nextAtMs = soundsAtMs + (await ear.untilTone(second.hz, soundsAtMs, first.ms + 5_000))
    const positionMs = first.ms - (nextAtMs - soundsAtMs)
    const wasAtMs = 25_000 + killedAtMs - soughtAtMs
    t.diagnostic(`went on at ${positionMs.toFixed(0)} ms; it was killed at ${wasAtMs.toFixed(0)} ms`)
    // A minute old at most, and never ahead.
    assert.ok(positionMs >= -500 && positionMs <= wasAtMs + 500, `${positionMs} ms`)
    await ear.listen(writtenMs)
    await kill(agent)

    agent = home.start({ env: { ...mpv.env, A2M_RESUME: 'off' } })
    await home.client.next(
      `${prefix}/state`,
      ({ text, retain }) => !retain && text.includes('"state":"idle"'),
    )
    assert.equal(levelDb(await ear.listen(2_000)), -Infinity)
    assert.equal((await home.ask('request/play', '{"query":"Quiet Compass","type":"album"}')).status, 'ok')
    await ear.untilLevel(before, 0.3)
    agent.kill('SIGTERM')
    assert.equal((await agent.ended()).code, 0)

    const reports = control
      .reports()
      .map(({ title, event }) => `${event.type} ${title} ${event.terminationReason ?? ''}`.trim())
    assert.deepEqual(control.violations(), [], reports.join('\n'))
    assert.deepEqual(control.unfinished(), [], reports.join('\n'))
    const { title } = first
    assert.deepEqual(reports, [
      `start ${title}`,
      `stop ${title} systemStop`,
      `start ${title}`,
      `stop ${title} trackFinished`,
      `start ${second.title}`,
      `stop ${second.title} systemStop`,
      `start ${title}`,
      `stop ${title} systemStop`,
    ])
  },
)
