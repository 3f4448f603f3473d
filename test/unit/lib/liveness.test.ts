import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Condition } from '../../../src/lib/async/condition.ts'
import { Liveness, type Heartbeat } from '../../../src/lib/liveness.ts'
import { ManualClock } from '../../support/clocks/manual-clock.ts'

/** Waits by its bell until told to go on for ever without coming back. */
async function loop(
  presence: Heartbeat,
  bell: Condition,
  hangs: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  // eslint-disable-next-line no-restricted-syntax -- a loop as the agent has them
  while (!hangs()) {
    presence.beat()
    await bell.wait(signal)
  }
  await new Promise(() => undefined)
}

test('a loop that waits for ever answers as often as it is called, and one that hangs does not', async () => {
  const roll = new Liveness()
  const bell = new Condition()
  let hangs = false
  const presence = roll.join('loop', () => bell.notifyAll())
  void loop(presence, bell, () => hangs, new AbortController().signal)
  for (let round = 0; round < 5; round++) assert.deepEqual(await roll.check(30_000), [])
  hangs = true
  assert.deepEqual(await roll.check(30_000), ['loop'])
  assert.deepEqual(await roll.check(1), ['loop'])
})

test('a bell with a time limit beside it is answered too', async () => {
  const roll = new Liveness()
  const bell = new Condition()
  const clock = new ManualClock()
  const stop = new AbortController()
  const presence = roll.join('loop', () => bell.notifyAll())
  const ended = (async () => {
    // eslint-disable-next-line no-restricted-syntax -- a loop as the agent has them
    for (;;) {
      presence.beat()
      await bell.waitFor(clock, 10_000_000, stop.signal)
    }
  })()
  for (let round = 0; round < 5; round++) assert.deepEqual(await roll.check(30_000), [])
  stop.abort(new Error('over'))
  await assert.rejects(ended, /over/)
  assert.equal(clock.sleeping, 0)
})

test('a wait with a time limit counts as an answer until the limit and some room for it are over', async () => {
  const roll = new Liveness()
  const presence = roll.join('loop')
  let finish = (): void => undefined
  const job = presence.during(60_000, new Promise<void>((resolve) => (finish = resolve)))
  // When before this call it began is not known.
  assert.deepEqual(await roll.check(30_000), [])
  assert.deepEqual(await roll.check(30_000), [])
  assert.deepEqual(await roll.check(30_000), [])
  assert.deepEqual(await roll.check(30_000), ['loop'])
  finish()
  await job
  assert.deepEqual(await roll.check(0), ['loop'], 'it came back, and is expected to answer again')
  presence.beat(1)
  assert.deepEqual(await roll.check(30_000), [])
})

test('what works now and then is here while it has nothing to do, and within its limit', async () => {
  const roll = new Liveness()
  const presence = roll.join('work')
  presence.idle()
  for (let round = 0; round < 100; round++) assert.deepEqual(await roll.check(3_600_000), [])
  for (const outcome of ['done', 'failed']) {
    let end = (): void => undefined
    const work = presence.busy(
      60_000,
      () =>
        new Promise<void>((resolve, reject) => {
          end = outcome === 'done' ? resolve : (): void => reject(new Error('no'))
        }),
    )
    for (let round = 0; round < 3; round++) assert.deepEqual(await roll.check(30_000), [], `round ${round}`)
    assert.deepEqual(await roll.check(30_000), ['work'])
    assert.deepEqual(await roll.check(0), ['work'])
    end()
    await (outcome === 'done' ? work : assert.rejects(work, /no/))
    for (let round = 0; round < 3; round++) assert.deepEqual(await roll.check(3_600_000), [])
  }
})

test('a job that fails ends its limit as well, and fails for who waits', async () => {
  const roll = new Liveness()
  const presence = roll.join('loop')
  await assert.rejects(presence.during(3_600_000, Promise.reject(new Error('no'))), /no/)
  await roll.check(0)
  assert.deepEqual(await roll.check(0), ['loop'])
})

test('a loop that never began is missed, and each is named', async () => {
  const roll = new Liveness()
  roll.join('one')
  roll.join('two').beat(1_000_000)
  roll.join('three')
  await roll.check(0)
  assert.deepEqual(await roll.check(0), ['one', 'three'])
})
