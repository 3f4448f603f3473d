import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { Condition } from '../../../src/lib/async/condition.ts'
import { ManualClock } from '../../support/clocks/manual-clock.ts'

const never = (): AbortSignal => new AbortController().signal

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Whether what `make` returned is held by anybody. */
async function isHeld(make: () => object): Promise<boolean> {
  const held = new WeakRef(make())
  for (let n = 0; n < 5; n++) {
    await new Promise((resolve) => setImmediate(resolve))
    collectGarbage()
  }
  return held.deref() !== undefined
}

test('a ring wakes all who wait, and nobody who comes later', async () => {
  const bell = new Condition()
  const woken: number[] = []
  const waits = [1, 2].map((n) => bell.wait(never()).then(() => woken.push(n)))
  bell.notifyAll()
  await Promise.all(waits)
  assert.deepEqual(woken, [1, 2])
  const stop = new AbortController()
  const late = bell.wait(stop.signal)
  stop.abort(new Error('stopped'))
  await assert.rejects(late, { message: 'stopped' })
})

test('who has stopped waiting is rejected with the reason, also when it had stopped before', async () => {
  const bell = new Condition()
  const stop = new AbortController()
  const wait = bell.wait(stop.signal)
  stop.abort(new Error('enough'))
  await assert.rejects(wait, { message: 'enough' })
  await assert.rejects(bell.wait(stop.signal), { message: 'enough' })
})

test('nothing is left on a signal after a ring, however often somebody waited', async () => {
  const bell = new Condition()
  const { signal } = new AbortController()
  for (let n = 0; n < 20; n++) {
    const wait = bell.wait(signal)
    bell.notifyAll()
    await wait
  }
  assert.equal(getEventListeners(signal, 'abort').length, 0)
})

test('a bell does not hold those who have stopped waiting', async () => {
  const bell = new Condition()
  const held = await isHeld(() => {
    const stop = new AbortController()
    bell.wait(stop.signal).catch(() => undefined)
    stop.abort(new Error('enough'))
    return stop.signal
  })
  assert.equal(held, false)
  bell.notifyAll()
})

test('a wait that may end by time leaves nothing behind, neither at the bell nor at the clock', async () => {
  const bell = new Condition()
  const clock = new ManualClock()
  const byTime = bell.waitFor(clock, 1_000, never())
  await clock.advance(1_000)
  await byTime
  const byBell = bell.waitFor(clock, 1_000, never())
  bell.notifyAll()
  await byBell
  const stop = new AbortController()
  const stopped = bell.waitFor(clock, 1_000, stop.signal)
  stop.abort(new Error('enough'))
  await assert.rejects(stopped, { message: 'enough' })
  assert.equal(clock.sleeping, 0)
})
