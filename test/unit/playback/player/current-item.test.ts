import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AppError } from '../../../../src/lib/errors.ts'
import { PlayerInstance } from '../../../../src/playback/player/player-instance.ts'
import { CurrentItem } from '../../../../src/playback/player/current-item.ts'
import { ManualClock } from '../../../support/clocks/manual-clock.ts'
import { MortalPlayers } from '../../../support/crashing-player.ts'

const innocentMs = 10_000

function anItem(durationMs: number | undefined = 60_000): CurrentItem {
  return new CurrentItem({ id: '1', durationMs, stream: undefined, positionMs: 0 })
}

function aLife(): Promise<PlayerInstance> {
  const clock = new ManualClock()
  const listener = { onEvent: () => undefined, onOver: () => undefined }
  return PlayerInstance.open(new MortalPlayers(clock).open, clock, listener, new AbortController().signal)
}

test('of two lives that start it, one start is news', async () => {
  const item = anItem()
  item.put(await aLife(), 0)
  assert.equal(item.hear('started'), 'started')
  assert.equal(item.hear('buffering'), 'buffering')
  item.outlive(20_000, innocentMs)
  item.put(await aLife(), 20_000)
  assert.equal(item.hear('started'), 'rebuffered')
})

test('standing still is news once, and only of what was heard', async () => {
  const item = anItem()
  item.put(await aLife(), 0)
  assert.equal(item.hear('buffering'), undefined)
  item.hear('started')
  assert.equal(item.hear('rebuffered'), undefined)
  assert.equal(item.hear('buffering'), 'buffering')
  assert.equal(item.hear('buffering'), undefined)
  assert.equal(item.hear('rebuffered'), 'rebuffered')
})

test('it sounds from its start, but not while it stands still, is asked to play, or lies on no life', async () => {
  const item = anItem()
  item.put(await aLife(), 0)
  assert.equal(item.isSounding, false)
  item.hear('started')
  assert.equal(item.isSounding, true)
  item.hear('buffering')
  assert.equal(item.isSounding, false)
  item.hear('rebuffered')
  const { promise: answer, resolve } = deferred()
  const playing = item.play(() => answer)
  assert.equal(item.isSounding, false)
  resolve()
  await playing
  assert.equal(item.isSounding, true)
  item.takeOff()
  assert.equal(item.isSounding, false)
})

test('it seeks until the last of several is taken or refused', async () => {
  const item = anItem()
  const first = deferred()
  const seeking = item.seek(() => first.promise)
  await assert.rejects(
    item.seek(() => Promise.reject(new AppError('player/failed', 'No'))),
    { code: 'player/failed' },
  )
  assert.equal(item.isSeeking, true)
  first.resolve()
  await seeking
  assert.equal(item.isSeeking, false)
})

test('three players that die of it soon are enough, two for who waits; a long life between acquits it', async () => {
  const life = await aLife()
  const dieAfter = (item: CurrentItem, ms: number): boolean => {
    item.put(life, 0)
    return item.outlive(ms, innocentMs)
  }
  const awaited = anItem()
  assert.deepEqual([dieAfter(awaited, 1), dieAfter(awaited, 1)], [true, false])
  const item = anItem()
  item.take()
  const soon = innocentMs - 1
  assert.deepEqual([dieAfter(item, soon), dieAfter(item, soon)], [true, true])
  assert.equal(dieAfter(item, innocentMs), true)
  assert.deepEqual([dieAfter(item, soon), dieAfter(item, soon), dieAfter(item, soon)], [true, true, false])
})

test('what was heard to its very end is put back a little, and nothing else is', () => {
  const item = anItem(60_000)
  assert.equal(item.resumeAtMs(60_000), 60_000)
  item.hear('started')
  assert.equal(item.resumeAtMs(60_000), 59_500)
  assert.equal(item.resumeAtMs(30_000), 30_000)
})

test('who loaded it learns that it was taken, or why not', async () => {
  const taken = anItem()
  taken.take()
  assert.equal(await taken.taken, true)
  const refused = anItem()
  refused.refuse(new AppError('player/unplayable', 'That is a picture'))
  await assert.rejects(refused.taken, { code: 'player/unplayable' })
  assert.equal(refused.isAnswered, true)
})

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined
  const promise = new Promise<void>((done) => (resolve = done))
  return { promise, resolve }
}
