import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'

import { plainEnvironment } from '../../../src/lib/child-process.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { createHttp } from '../../../src/lib/http/http.ts'
import { decodeEntity } from '../../../src/amazon-music/decode/entity.ts'
import type { Player, PlayerEvent, PlayerItem } from '../../../src/playback/player/player.ts'
import { clearOnly } from '../../../src/playback/player/protection/clear-only.ts'
import { createMpv } from '../../../src/playback/player/backends/mpv/open-mpv.ts'
import { createProtectionCheck } from '../../../src/playback/player/protection/protection.ts'
import { linkedStage, type Stage } from '../../sandbox/sandbox-harness.ts'
import { eventually } from '../../support/eventually.ts'
import { logSink } from '../../support/log-sink.ts'
import { realTime } from '../../support/real-time.ts'
import { requireTool, toolPath } from '../../support/tools.ts'

const skip = requireTool('mpv')

/** mpv in real time that nobody hears, behind the check. */
async function guardedMpv(t: TestContext): Promise<{ player: Player; heard: PlayerEvent[] }> {
  const http = createHttp('amazonmusic2mqtt/test')
  const heard: PlayerEvent[] = []
  const open = createMpv({
    program: toolPath('mpv') ?? 'mpv',
    env: plainEnvironment(process.env),
    clock: systemClock,
    log: logSink('trace').log,
    audioDevice: 'null',
    mixer: undefined,
  })
  const guarded = clearOnly(open, createProtectionCheck(http, systemClock))
  const player = await guarded((event) => heard.push(event), new AbortController().signal)
  t.after(async () => {
    await player.close()
    http.close()
  })
  return { player, heard }
}

/** The first items of a queue of short tracks. */
async function items(s: Stage): Promise<readonly [PlayerItem, PlayerItem, PlayerItem]> {
  const created = await s.play(s.mrn('album', 'Short Studies'))
  const item = (i: number): PlayerItem => {
    const { stream, durationMs } = decodeEntity(created.at('data', 'entities', i), 'e')
    return { id: `item-${i}`, durationMs, stream, positionMs: 0 }
  }
  return [item(0), item(1), item(2)]
}

const said = (heard: readonly PlayerEvent[], type: PlayerEvent['type'], id: string): boolean =>
  heard.some((event) => event.type === type && 'id' in event && event.id === id)

test('a protected stream between clear ones is refused and leaves silence', { skip }, async (t) => {
  const s = await linkedStage(t, { streams: 'dash' })
  s.control.protect(s.item('album', 'Short Studies').holds[1] ?? '')
  const [one, two, three] = await items(s)
  const { player, heard } = await guardedMpv(t)
  await player.load(one, false)
  await eventually('the first', () => said(heard, 'started', one.id))
  await assert.rejects(player.load(two, false), { code: 'player/protected' })
  heard.length = 0
  await realTime(1_500, 'a position is told at least once a second while anything sounds')
  assert.equal(heard.length, 0, JSON.stringify(heard))
  await player.load(three, false)
  await eventually('the third', () => said(heard, 'started', three.id))
  assert.ok(!heard.some((event) => 'id' in event && event.id !== three.id), JSON.stringify(heard))
  assert.equal(s.control.requests('GET', '/protected').length, 0, 'nobody asked for it')
})

test('what is protected only by its manifest is refused after one look at it', { skip }, async (t) => {
  const s = await linkedStage(t, { streams: 'protected' })
  const [one] = await items(s)
  assert.ok(one.stream, 'one.stream')
  const { player } = await guardedMpv(t)
  const unnamed = { ...one, stream: { ...one.stream, drm: undefined, format: undefined } }
  await assert.rejects(player.load(unnamed, false), { code: 'player/protected' })
  const asked = s.control.requests('GET', '/protected').map(({ path }) => path.split('/').at(-1))
  assert.deepEqual(asked, ['manifest.mpd'])
})

test('a protected stream does not follow by itself: the one before ends alone', { skip }, async (t) => {
  const s = await linkedStage(t)
  const album = s.item('album', 'Short Studies')
  s.control.protect(album.holds[1] ?? '')
  const [one, two, three] = await items(s)
  const { player, heard } = await guardedMpv(t)
  await player.load({ ...one, positionMs: (one.durationMs ?? 0) - 1_000 }, false)
  await player.preload(three)
  await assert.rejects(player.preload(two), { code: 'player/protected' })
  await eventually('the end of the first', () => said(heard, 'ended', one.id))
  assert.deepEqual(
    [two, three].filter(({ id }) => said(heard, 'started', id)),
    [],
  )
})

test('a manifest that hangs holds up neither the next load nor a stop', { skip }, async (t) => {
  const s = await linkedStage(t, { streams: 'dash' })
  const [slow] = await items(s)
  s.control.change({ streams: 'file' })
  const [file] = await items(s)
  const { player, heard } = await guardedMpv(t)
  s.control.fault({ path: '/dash', times: 2, stallAfterBytes: 10 })
  const isAsked = (times: number) => () => s.control.requests('GET', '/dash').length === times
  const first = player.load({ ...slow, id: 'slow-1' }, false)
  await eventually('the first look', isAsked(1))
  const beganMs = performance.now()
  await player.load(file, false)
  await first
  await eventually('the file', () => said(heard, 'started', file.id))
  const second = player.load({ ...slow, id: 'slow-2' }, false)
  await eventually('the second look', isAsked(2))
  await player.stop()
  await second
  assert.ok(performance.now() - beganMs < 7_000, 'sooner than the patience with a manifest ends')
  assert.deepEqual(
    ['slow-1', 'slow-2'].filter((id) => said(heard, 'started', id)),
    [],
  )
})
