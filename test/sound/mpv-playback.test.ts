import assert from 'node:assert/strict'
import { test } from 'node:test'

import { realTime } from '../support/real-time.ts'
import {
  cut,
  durationMs,
  gaps,
  levelDb,
  pitchHz,
  readWav,
  stretches,
  type Sound,
} from '../support/audio/sound-analysis.ts'
import { noSpeaker, startSpeaker, type Recorder } from '../support/audio/virtual-speaker.ts'
import { linkedStage } from '../sandbox/sandbox-harness.ts'
import { itemOf, mpvStage, noMpv, until } from '../integration/player/mpv-harness.ts'
import { file, soundServer, wav } from '../integration/player/sound-server.ts'

const options = { skip: noMpv || noSpeaker }

/** Plays to the speaker in `env`. */
const aloud = (env: Readonly<Record<string, string>>) =>
  ({ audioDevice: undefined, env: { ...process.env, ...env }, extraArgs: ['--ao=pulse'] }) as const

/** Waits until this much more is recorded, and gives it. */
async function next(recorder: Recorder, ms: number): Promise<Sound> {
  const fromMs = durationMs(recorder.sound())
  await until(() => durationMs(recorder.sound()) >= fromMs + ms, `${ms} ms of a recording`)
  return cut(recorder.sound(), fromMs, fromMs + ms)
}

test("two of the sandbox's tracks follow without a gap", options, async (t) => {
  await using speaker = await startSpeaker()
  const sandbox = await linkedStage(t)
  const created = await sandbox.play(sandbox.mrn('album', 'Short Studies'))
  const tracks = await Promise.all(
    [0, 1].map(async (i) => {
      const url = String(created.at('data', 'entities', i, 'playbackInformation', 'url'))
      const sound = readWav(Buffer.from(await (await fetch(url)).arrayBuffer()))
      return { item: itemOf(url, { durationMs: durationMs(sound) }), hz: Math.round(pitchHz(sound)), sound }
    }),
  )
  const [first, second] = tracks
  assert.ok(first !== undefined && second !== undefined, 'first !== undefined && second !== undefined')
  const { player, event } = await mpvStage(t, aloud(speaker.env))
  const recorder = await speaker.record()
  await player.load(first.item, false)
  await player.preload(second.item)
  await event('ended', second.item.id)
  await realTime(1_000, 'the end is on its way to the speaker')
  const heard = await recorder.stop()

  const pitches = stretches(heard).map(({ hz }) => hz)
  assert.deepEqual(pitches, first.hz === second.hz ? [first.hz] : [first.hz, second.hz])
  const longestMs = Math.max(0, ...gaps(heard).map(({ ms }) => ms))
  assert.ok(longestMs <= 30, `a gap of ${longestMs} ms`)
  const [from, to] = [stretches(heard)[0]?.fromMs ?? 0, stretches(heard).at(-1)?.toMs ?? 0]
  const wholeMs = durationMs(first.sound) + durationMs(second.sound)
  assert.ok(Math.abs(to - from - wholeMs) < 30, `${to - from} ms of ${wholeMs}`)
  t.diagnostic(`gap ${longestMs} ms, ${(to - from).toFixed(1)} of ${wholeMs} ms heard`)
})

test('volume is cubic, mute is silence, and a pause is heard', options, async (t) => {
  await using speaker = await startSpeaker()
  const server = await soundServer(t, { '/a': file(wav(60, 440)) })
  const { player, event } = await mpvStage(t, aloud(speaker.env))
  const recorder = await speaker.record()
  const item = itemOf(`${server.url}/a`)

  await player.load(item, true)
  await event('position', item.id)
  assert.equal(levelDb(await next(recorder, 500)), -Infinity, 'loaded paused')

  await player.play()
  await event('started', item.id)
  const level = async (): Promise<number> => {
    // What is on its way to the speaker was made before.
    await next(recorder, 800)
    return levelDb(await next(recorder, 1_000))
  }
  const full = await level()
  assert.ok(Math.abs(full - -15.05) < 0.2, `${full} dB`)
  for (const [percent, db] of [
    [50, -18.06],
    [25, -36.12],
    [10, -60],
    [1_000, 0],
  ] as const) {
    await player.setVolume(percent)
    const found = (await level()) - full
    assert.ok(Math.abs(found - db) < 0.5, `${percent} %: ${found} dB instead of ${db}`)
    t.diagnostic(`${percent} %: ${found.toFixed(2)} dB`)
  }
  await player.setMuted(true)
  assert.equal(await level(), -Infinity, 'muted')
  await player.setMuted(false)
  assert.ok(Math.abs((await level()) - full) < 0.5, 'unmuted')
  await player.pause()
  assert.equal(await level(), -Infinity, 'paused')
})

test('after a failure nothing sounds, though something good was preloaded', options, async (t) => {
  await using speaker = await startSpeaker()
  const server = await soundServer(t, {
    '/cut': (_request, response) => {
      const tone = wav(8, 440)
      response.writeHead(200, { 'content-type': 'audio/wav', 'content-length': tone.length })
      response.write(tone.subarray(0, 64_000), () => response.destroy())
    },
    '/good': file(wav(20, 660)),
  })
  const { player, event } = await mpvStage(t, aloud(speaker.env))
  const recorder = await speaker.record()
  for (const path of ['nowhere', 'cut']) {
    const item = itemOf(`${server.url}/${path}`, { durationMs: 8_000 })
    const loaded = player.load(item, false)
    await player.preload(itemOf(`${server.url}/good`))
    await loaded
    await event('failed', item.id)
    await next(recorder, 800)
    assert.equal(levelDb(await next(recorder, 1_000)), -Infinity, path)
  }
  const slips = stretches(await recorder.stop()).filter(({ hz }) => Math.abs(hz - 660) < 20)
  t.diagnostic(
    `heard of what was preloaded: ${slips.map(({ fromMs, toMs }) => (toMs - fromMs).toFixed(0)).join() || 0} ms`,
  )
})
