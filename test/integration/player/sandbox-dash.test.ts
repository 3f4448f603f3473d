import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import { entryOf, initSegment, mediaSegment } from '../../../src/sandbox/media/fragmented-mp4.ts'
import { linkedStage, type Stage } from '../../sandbox/sandbox-harness.ts'
import {
  cut,
  durationMs,
  levelDb,
  readWav,
  stretches,
  type Sound,
} from '../../support/audio/sound-analysis.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { requireTool, toolPath } from '../../support/tools.ts'

const skip = requireTool('mpv')

/** What mpv makes of it, as fast as it can, and what it complains of. */
async function heard(
  t: TestContext,
  what: string,
  ...more: readonly string[]
): Promise<{ readonly sound: Sound; readonly log: string }> {
  const file = join(tempFolder(t), 'heard.wav')
  const output = ['--ao=pcm', `--ao-pcm-file=${file}`, '--msg-level=all=warn']
  const log = await new Promise<string>((resolve) => {
    execFile(
      toolPath('mpv') ?? 'mpv',
      ['--no-config', '--no-video', ...output, ...more, what],
      (_, stdout, stderr) => resolve(stdout + stderr),
    )
  })
  return { sound: readWav(await readFile(file)), log }
}

/** Address and length of a track longer than the clear lead. */
async function longTrack(s: Stage): Promise<{ readonly url: string; readonly ms: number }> {
  const track = s.control
    .catalog()
    .find(
      ({ kind, durationSeconds }) =>
        kind === 'track' && (durationSeconds ?? 0) % 2 === 1 && (durationSeconds ?? 0) > 40,
    )
  assert.ok(track, 'track')
  const created = await s.play(track.mrn)
  const url = String(created.at('data', 'entities', 0, 'playbackInformation', 'url'))
  return { url, ms: (track.durationSeconds ?? 0) * 1000 }
}

test('DASH sounds the same as the file, to the sample, and is sought', { skip }, async (t) => {
  const s = await linkedStage(t)
  const file = await longTrack(s)
  s.control.change({ streams: 'dash' })
  const dash = await longTrack(s)
  const [one, other] = [await heard(t, file.url), await heard(t, dash.url)]
  assert.equal(other.log.trim(), '')
  assert.equal(durationMs(other.sound), dash.ms)
  assert.deepEqual(other.sound, one.sound)
  const { sound, log } = await heard(t, dash.url, '--start=21', '--length=5')
  assert.equal(log.trim(), '')
  assert.equal(durationMs(sound), 5000)
  assert.equal(
    s.control.requests('GET', '/dash').filter(({ status }) => status !== 200 && status !== 206).length,
    0,
  )
})

test('steady tones are equally loud at any place', { skip }, async (t) => {
  const s = await linkedStage(t, { streams: 'dash', swell: false })
  const { sound } = await heard(t, (await longTrack(s)).url, '--length=4')
  assert.equal(stretches(sound).length, 1)
  // A sine of peak 8000 of 32768.
  assert.ok(Math.abs(levelDb(sound) - -15.26) < 0.05, String(levelDb(sound)))
})

test('of a protected stream the clear lead is heard, and the rest is no sound', { skip }, async (t) => {
  const s = await linkedStage(t)
  const plain = await heard(t, (await longTrack(s)).url)
  s.control.change({ streams: 'protected' })
  const { sound, log } = await heard(t, (await longTrack(s)).url)
  assert.deepEqual(cut(sound, 0, 30_000), cut(plain.sound, 0, 30_000))
  assert.match(log, /Error decoding audio/)
  assert.notDeepEqual(stretches(cut(plain.sound, 30_000, 40_000)), [], 'of the clear one there is a rest')
  assert.deepEqual(stretches(cut(sound, 30_000, Infinity)), [], 'nothing after the lead')
})

test('what is encrypted is the sound: with the key it is heard', { skip }, async (t) => {
  const key = { id: Buffer.alloc(16, 1), key: Buffer.alloc(16, 2) }
  const segment = mediaSegment(
    { toneHz: 440, swell: false },
    { fromSecond: 0, toSecond: 2 },
    key,
    entryOf(true, true),
  )
  const file = join(tempFolder(t), 'protected.mp4')
  await writeFile(file, Buffer.concat([initSegment(key), segment]))
  const { sound } = await heard(t, file, `--demuxer-lavf-o=decryption_key=${key.key.toString('hex')}`)
  assert.deepEqual(
    stretches(sound).map(({ hz }) => hz),
    [440],
  )
  assert.equal(durationMs(sound), 2000)
})
