import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { PlayerEvent } from '../../../src/playback/player/player.ts'
import { itemOf, mpvStage, noMpv, until } from './mpv-harness.ts'
import { file, soundServer, wav } from './sound-server.ts'
import { realTime } from '../../support/real-time.ts'

const options = { skip: noMpv }

const positions = (heard: readonly PlayerEvent[], id: string): readonly number[] =>
  heard.flatMap((event) => (event.type === 'position' && event.id === id ? [event.positionMs] : []))

test('an item starts, tells its position once a second and ends', options, async (t) => {
  const server = await soundServer(t, { '/a.wav': file(wav(4, 440)) })
  const { player, heard, story, event } = await mpvStage(t)
  const item = itemOf(`${server.url}/a.wav`, { durationMs: 4000 })
  await player.load(item, false)
  await event('ended', item.id)
  assert.deepEqual(story(item.id), ['started', 'ended'])
  const told = positions(heard, item.id)
  assert.ok((told[0] ?? Infinity) < 300, `${told[0]} at the start`)
  assert.ok(told.length >= 4 && told.length <= 6, `told ${told.join()}`)
  told.slice(1).forEach((ms, i) => {
    const step = ms - (told[i] ?? 0)
    assert.ok(step > 500 && step < 1500, `told ${told.join()}`)
  })
})

test('it begins where it is told to', options, async (t) => {
  const server = await soundServer(t, { '/a.wav': file(wav(30, 440)) })
  const { player, event } = await mpvStage(t)
  const item = itemOf(`${server.url}/a.wav`, { positionMs: 28_500 })
  await player.load(item, false)
  const { positionMs } = await event('position', item.id)
  assert.ok(positionMs >= 28_400 && positionMs < 29_000, `${positionMs}`)
  await event('ended', item.id)
})

test('loaded paused it is ready and has not started, until it plays', options, async (t) => {
  const server = await soundServer(t, { '/a.wav': file(wav(30, 440)) })
  const { player, heard, story, event } = await mpvStage(t)
  const item = itemOf(`${server.url}/a.wav`, { positionMs: 5_000 })
  await player.load(item, true)
  await event('position', item.id)
  await realTime(700, 'a start would be told by then')
  assert.deepEqual(story(item.id), [])
  assert.deepEqual(positions(heard, item.id), [5_000])
  await player.play()
  await event('started', item.id)
  await until(() => positions(heard, item.id).some((ms) => ms > 5_900), 'a position further on')
})

test('a pause stands still, and going on is no new start', options, async (t) => {
  const server = await soundServer(t, { '/a.wav': file(wav(30, 440)) })
  const { player, heard, story, event } = await mpvStage(t)
  const item = itemOf(`${server.url}/a.wav`)
  await player.load(item, false)
  await event('started', item.id)
  await until(() => positions(heard, item.id).some((ms) => ms > 500), 'a second of sound')
  await player.pause()
  const stoodAt = positions(heard, item.id).at(-1) ?? 0
  const told = heard.length
  await realTime(1_500, 'a position is told once a second while it plays')
  assert.equal(heard.length, told)
  await player.play()
  const wentOnAt = positions(heard, item.id).at(-1) ?? 0
  assert.ok(Math.abs(wentOnAt - stoodAt) < 100, `paused at ${stoodAt}, went on at ${wentOnAt}`)
  assert.deepEqual(story(item.id), ['started'])
})

test('a seek tells its position, playing, paused and while the file is being opened', options, async (t) => {
  const server = await soundServer(t, { '/a.wav': file(wav(60, 440)) })
  const { player, heard, story, event } = await mpvStage(t)
  const item = itemOf(`${server.url}/a.wav`)
  const near = (ms: number): Promise<void> =>
    until(() => positions(heard, item.id).some((at) => Math.abs(at - ms) < 300), `a position near ${ms}`)
  void player.load(item, false)
  await player.seek(20_000)
  await near(20_000)
  await event('started', item.id)
  await player.seek(40_000)
  await near(40_000)
  await player.pause()
  await player.seek(10_000)
  await near(10_000)
  assert.deepEqual(story(item.id), ['started'])
})

test('a seek to the end is an end, not a failure', options, async (t) => {
  const server = await soundServer(t, { '/a.wav': file(wav(60, 440)) })
  const { player, event, story } = await mpvStage(t)
  const item = itemOf(`${server.url}/a.wav`, { durationMs: 60_000 })
  await player.load(item, false)
  await event('started', item.id)
  await player.seek(60_000)
  await event('ended', item.id)
  assert.deepEqual(story(item.id), ['started', 'ended'])
})

test('what is preloaded follows by itself, and only what was preloaded last', options, async (t) => {
  const server = await soundServer(t, { '/2s.wav': file(wav(2, 440)) })
  const { player, heard, event, story } = await mpvStage(t)
  const [first, dropped, second, third] = Array.from({ length: 4 }, () => itemOf(`${server.url}/2s.wav`)) as [
    ReturnType<typeof itemOf>,
    ReturnType<typeof itemOf>,
    ReturnType<typeof itemOf>,
    ReturnType<typeof itemOf>,
  ]
  await player.load(first, false)
  await player.preload(dropped)
  await player.preload(second)
  await event('started', second.id)
  await player.preload(third)
  await player.preload(undefined)
  await event('ended', second.id)
  await realTime(1_000, 'what was taken back would start at once')
  assert.deepEqual(
    heard.flatMap((found) =>
      'id' in found && found.type !== 'position' ? [`${found.type} ${found.id}`] : [],
    ),
    [`started ${first.id}`, `ended ${first.id}`, `started ${second.id}`, `ended ${second.id}`],
  )
  assert.deepEqual(story(dropped.id), [])
})

test('a stop takes off what plays and what was to follow, without a word', options, async (t) => {
  const server = await soundServer(t, { '/2s.wav': file(wav(2, 440)) })
  const { player, heard, event } = await mpvStage(t)
  const item = itemOf(`${server.url}/2s.wav`)
  await player.load(item, false)
  await player.preload(itemOf(`${server.url}/2s.wav`))
  await event('started', item.id)
  await player.stop()
  const told = heard.length
  await realTime(3_000, 'the item and what follows last 2 s each')
  assert.equal(heard.length, told)
})

test('of a hundred loads in a row only the last is heard of', options, async (t) => {
  const server = await soundServer(t, { '/2s.wav': file(wav(2, 440)) })
  const { player, heard, event } = await mpvStage(t)
  const before = itemOf(`${server.url}/2s.wav`)
  await player.load(before, false)
  await event('started', before.id)
  const told = heard.length
  const items = Array.from({ length: 100 }, () => itemOf(`${server.url}/2s.wav`))
  const last = items.at(-1)
  await Promise.all(items.map((item) => player.load(item, false)))
  await event('ended', last?.id)
  const ids = heard.slice(told).map((found) => ('id' in found ? found.id : 'gone'))
  assert.deepEqual([...new Set(ids)], [last?.id])
})

test('loads one after the other, each waited for, tell of one item at a time', options, async (t) => {
  const server = await soundServer(t, { '/2s.wav': file(wav(2, 440)) })
  const { player, heard, event } = await mpvStage(t)
  for (let i = 0; i < 100; i++) {
    const item = itemOf(`${server.url}/2s.wav`)
    const told = heard.length
    await player.load(item, false)
    if (i % 10 === 0) await event('started', item.id)
    if (i % 7 === 0) await player.stop()
    const ids = heard.slice(told).map((found) => ('id' in found ? found.id : 'gone'))
    assert.ok(
      ids.every((id) => id === item.id),
      ids.join(),
    )
  }
})

test(
  'a load is played although the item that was to follow the one before comes in between',
  options,
  async (t) => {
    const server = await soundServer(t, { '/5ms.wav': file(wav(0.005, 440)) })
    const { player, event, sink } = await mpvStage(t)
    const item = (): ReturnType<typeof itemOf> => itemOf(`${server.url}/5ms.wav`)
    for (let n = 0; n < 150; n++) {
      const first = item()
      const loaded = item()
      await player.load(first, false)
      // The first one ends while mpv is asked to go on to another.
      const preloaded = player.preload(item())
      await new Promise((resolve) => setImmediate(resolve))
      await Promise.all([preloaded, player.load(loaded, false)])
      await event('ended', loaded.id)
    }
    assert.doesNotMatch(sink.text(), /mpv has ended/)
  },
)
