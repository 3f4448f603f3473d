import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Preload } from '../../../../src/playback/queue/preload.ts'
import type { PlayerItem } from '../../../../src/playback/player/player.ts'
import { entity } from '../entity.ts'

interface Told {
  readonly item: PlayerItem | undefined
  answer(follows: boolean): Promise<void>
}

/** A player that answers when the test says so. */
function slowPlayer(): { readonly told: Told[]; readonly ahead: Preload } {
  const told: Told[] = []
  const ahead = new Preload({
    preload: (item) =>
      new Promise((resolve) => {
        told.push({
          item,
          async answer(follows) {
            resolve(follows)
            await Promise.resolve()
            await Promise.resolve()
          },
        })
      }),
  })
  return { told, ahead }
}

const [first, second] = [entity('first'), entity('second')]

test('what the player has said yes to follows, once', async () => {
  const { told, ahead } = slowPlayer()
  ahead.arrange(first, () => '1')
  assert.equal(told[0]?.item?.id, '1')
  await told[0].answer(true)
  assert.equal(ahead.take(first), '1')
  assert.equal(ahead.take(first), undefined)
})

test('before its answer, and after a no, nothing follows', async () => {
  const { told, ahead } = slowPlayer()
  ahead.arrange(first, () => '1')
  assert.equal(ahead.take(first), undefined)
  ahead.arrange(first, () => '2')
  await told[1]?.answer(false)
  assert.equal(ahead.take(first), undefined)
})

test('a late answer to what is no longer wanted counts for nothing', async () => {
  const { told, ahead } = slowPlayer()
  ahead.arrange(first, () => '1')
  ahead.arrange(second, () => '2')
  await told[0]?.answer(true)
  assert.equal(ahead.take(second), undefined)
})

test('the same entity is not told twice', () => {
  const { told, ahead } = slowPlayer()
  ahead.arrange(first, () => '1')
  ahead.arrange({ ...first, title: 'newer' }, () => '2')
  assert.equal(told.length, 1)
})

test('what follows is not what the queue has next: it is not taken for it', async () => {
  const { told, ahead } = slowPlayer()
  ahead.arrange(first, () => '1')
  await told[0]?.answer(true)
  assert.equal(ahead.take(second), undefined)
})

test('blocked, the player is told that nothing follows, and nothing is arranged', async () => {
  const { told, ahead } = slowPlayer()
  ahead.arrange(first, () => '1')
  await told[0]?.answer(true)
  const blocked = ahead.block()
  assert.equal(told[1]?.item, undefined)
  await told[1]?.answer(true)
  await blocked
  ahead.arrange(second, () => '2')
  assert.equal(told.length, 2)
  assert.equal(ahead.take(undefined), undefined)
  ahead.unblock()
  ahead.arrange(second, () => '3')
  assert.equal(told[2]?.item?.id, '3')
})

test('with nothing told, there is nothing to take back', async () => {
  const { told, ahead } = slowPlayer()
  await ahead.block()
  assert.deepEqual(told, [])
})
