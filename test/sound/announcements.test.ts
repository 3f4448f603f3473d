import assert from 'node:assert/strict'
import { test } from 'node:test'

import { realTime } from '../support/real-time.ts'
import {
  cut,
  durationMs,
  levelDb,
  levelsDb,
  pitchHz,
  toneDb,
  type Sound,
} from '../support/audio/sound-analysis.ts'
import { noSpeaker } from '../support/audio/virtual-speaker.ts'
import { noMpv, until } from '../integration/player/mpv-harness.ts'
import { file, soundServer, wav } from '../integration/player/sound-server.ts'
import { soundingMusic, sweep } from './recorded-mpv.ts'

const skip = noMpv || noSpeaker
const musicHz = 440
const announcementHz = 1_000
const stepMs = 100
const frameMs = 40

/** From the first step to the last in which the announcement is heard. */
function announced(sound: Sound): { readonly fromMs: number; readonly toMs: number } {
  const heard = steps(sound).map((step) => toneDb(step, announcementHz) > -40)
  const [first, last] = [heard.indexOf(true), heard.lastIndexOf(true)]
  assert.ok(first >= 0, 'no announcement was heard')
  return { fromMs: first * stepMs, toMs: (last + 1) * stepMs }
}

function steps(sound: Sound, ms = stepMs): readonly Sound[] {
  return Array.from({ length: Math.floor(durationMs(sound) / ms) }, (_, n) =>
    cut(sound, n * ms, (n + 1) * ms),
  )
}

interface Part {
  readonly hz: number
  readonly db: number
}

test('music is 20 dB lower under an announcement, and as loud as before after it', { skip }, async (t) => {
  const { url } = await soundServer(t, {
    '/music': file(wav(60, musicHz)),
    '/door': file(wav(3, announcementHz)),
  })
  const { announce, recorder } = await soundingMusic(t, `${url}/music`)
  assert.equal((await announce(`${url}/door`))['ok'], true)
  await realTime(1_500, 'it is heard what comes after')
  const sound = await recorder.stop()
  const { fromMs, toMs } = announced(sound)
  const music = (from: number, to: number): number => toneDb(cut(sound, from, to), musicHz)
  const before = music(300, fromMs - 300)
  const during = music(fromMs + 700, toMs - 500)
  const after = music(toMs + 900, toMs + 1_400)
  const door = toneDb(cut(sound, fromMs + 700, toMs - 500), announcementHz)
  t.diagnostic(
    `music ${before.toFixed(2)} dB, under it ${during.toFixed(2)} dB, after ${after.toFixed(2)} dB`,
  )
  t.diagnostic(`announcement ${door.toFixed(2)} dB, for ${toMs - fromMs} ms`)
  assert.ok(Math.abs(before - during - 20) < 1.5, 'Math.abs(before - during - 20) < 1.5')
  assert.ok(Math.abs(before - after) < 0.2, 'Math.abs(before - after) < 0.2')
  assert.ok(Math.abs(before - music(toMs - 300, toMs - 100) - 20) < 1.5, 'the music came back too early')
  assert.ok(door - during > 20, `door - during > 20: ${door - during}`)
  assert.ok(Math.abs(toMs - fromMs - 3_000) < 500, 'Math.abs(toMs - fromMs - 3_000) < 500')
})

test(
  'in mode pause only the announcement is heard, and the music goes on where it was',
  { skip },
  async (t) => {
    const { url } = await soundServer(t, {
      '/music': file(sweep(40)),
      '/door': file(wav(3, 3_000)),
    })
    const { announce, recorder } = await soundingMusic(t, `${url}/music`)
    assert.equal((await announce(`${url}/door`, { mode: 'pause' }))['ok'], true)
    await realTime(1_500, 'it is heard what comes after')
    const sound = await recorder.stop()
    const parts = steps(sound, frameMs).map((step) => ({ hz: pitchHz(step), db: levelDb(step) }))
    const isDoor = ({ hz, db }: Part): boolean => Math.abs(hz - 3_000) < 20 && db > -40
    // Whole frames of it only: the pitch of a part of one is a guess.
    const levelOfMusic = parts[10]?.db ?? 0
    const isMusic = ({ hz, db }: Part): boolean => hz < 2_000 && Math.abs(db - levelOfMusic) < 0.3
    const [first, last] = [parts.findIndex(isDoor), parts.findLastIndex(isDoor)]
    assert.ok(
      (last - first) * frameMs > 2_500,
      `(last - first) * frameMs > 2_500: ${(last - first) * frameMs}`,
    )
    assert.deepEqual(
      parts.slice(first, last + 1).filter((part) => !isDoor(part)),
      [],
      'something else sounded',
    )
    const before = parts.slice(0, first).findLast(isMusic)
    const after = parts.slice(last + 1).find(isMusic)
    const goneMs = ((after?.hz ?? 0) - (before?.hz ?? 0)) * 20
    t.diagnostic(`from the last frame before to the first after it: ${goneMs.toFixed(0)} ms of music`)
    // The two frames are next to each other, or up to two that are only partly music lie between them.
    assert.ok(
      goneMs > frameMs / 2 && goneMs < 3.5 * frameMs,
      'goneMs > frameMs / 2 && goneMs < 3.5 * frameMs',
    )
  },
)

test('an announcement that comes to nothing leaves the music as it was', { skip }, async (t) => {
  const { url } = await soundServer(t, {
    '/music': file(wav(120, musicHz)),
    '/garbage': (_request, response) => response.end(Buffer.alloc(50_000, 'no sound ')),
    '/cut': (_request, response) => {
      const door = wav(5, announcementHz)
      response.writeHead(200, { 'content-type': 'audio/wav', 'content-length': door.length })
      response.write(
        door.subarray(0, 64_000),
        () => void realTime(500, 'part of it is heard').then(() => response.destroy()),
      )
    },
    '/door': file(wav(20, announcementHz)),
  })
  const { announce, announcer, events, killAnnouncer, recorder } = await soundingMusic(t, `${url}/music`)
  for (const mode of ['duck', 'pause'] as const) {
    assert.equal((await announce(`${url}/missing`, { mode }))['code'], 'player/network')
    assert.equal((await announce(`${url}/garbage`, { mode }))['code'], 'player/unplayable')
    assert.equal((await announce('http://127.0.0.1:1/', { mode }))['code'], 'player/network')
    await announce(`${url}/cut`, { mode })
    const begun = events.length
    const killed = announce(`${url}/door`, { mode })
    await until(() => events.slice(begun).some(({ type }) => type === 'announcement_started'), 'its start')
    await killAnnouncer()
    assert.equal((await killed)['code'], 'player/failed')
    const stopped = announce(`${url}/door`, { mode })
    await until(() => events.at(-1)?.type === 'announcement_started', 'the next start')
    await announcer.stop()
    assert.equal((await stopped)['outcome'], 'stopped')
  }
  await realTime(1_500, 'it is heard what comes after')
  const sound = await recorder.stop()
  const before = toneDb(cut(sound, 300, 1_300), musicHz)
  const after = toneDb(cut(sound, durationMs(sound) - 700, durationMs(sound)), musicHz)
  t.diagnostic(`music ${before.toFixed(2)} dB, after all of it ${after.toFixed(2)} dB`)
  assert.ok(Math.abs(before - after) < 0.2, 'Math.abs(before - after) < 0.2')
})

test('fades are even, and end where they should', { skip }, async (t) => {
  const { url } = await soundServer(t, { '/music': file(wav(60, musicHz)) })
  const { volumeControl, recorder } = await soundingMusic(t, `${url}/music`, {
    volumeControl: { fadeInMs: 2_000 },
  })
  await volumeControl.fadeOut(2_000)
  await realTime(1_000, 'silence is heard')
  volumeControl.fadeIn()
  await realTime(3_500, 'the fade is heard')
  const sound = await recorder.stop()
  const levels = levelsDb(sound, stepMs).map((db) => Math.max(db, -90))
  const silent = levels.indexOf(Math.min(...levels))
  const [falling, rising] = [levels.slice(5, silent + 1), levels.slice(silent, -2)]
  t.diagnostic(levels.map((db) => db.toFixed(0)).join(' '))
  assert.equal(Math.min(...levels), -90)
  for (const [n, db] of falling.entries()) assert.ok(db <= (falling[n - 1] ?? 0) + 0.3, `rises at ${n}`)
  for (const [n, db] of rising.entries()) assert.ok(db >= (rising[n - 1] ?? -90) - 0.3, `falls at ${n}`)
  assert.ok(
    Math.abs((levels[5] ?? 0) - (rising.at(-1) ?? 0)) < 0.2,
    'Math.abs((levels[5] ?? 0) - (rising.at(-1) ?? 0)) < 0.2',
  )
})
