import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AppError } from '../../../src/lib/errors.ts'
import { createLimiter, type Limiter } from '../../../src/amazon-music/limiter.ts'
import { ManualClock } from '../../support/clocks/manual-clock.ts'

const never = new AbortController().signal

function limiter(random = 0.5): { clock: ManualClock; gate: Limiter } {
  const clock = new ManualClock()
  return { clock, gate: createLimiter(clock, () => random, 20_000) }
}

test('as long as all is well nobody waits', async () => {
  const { gate, clock } = limiter()
  gate.succeeded(await gate.enter(never))
  assert.equal(gate.waitMs(), 0)
  assert.equal(clock.sleeping, 0)
})

test('after "too fast" every call waits as long as the service asked', async () => {
  const { gate, clock } = limiter()
  gate.failed(await gate.enter(never), 'throttled', 7000)
  const waiting = [gate.enter(never), gate.enter(never)]
  assert.deepEqual(clock.sleeps, [7000, 7000])
  await clock.advance(7000)
  await Promise.all(waiting)
  assert.equal(clock.sleeping, 0)
})

test('who does not wait is told why, and how long it would take', async () => {
  const { gate, clock } = limiter()
  assert.equal(gate.notNow(), undefined)
  gate.failed(await gate.enter(never), 'throttled', 7000)
  await clock.advance(4000)
  assert.deepEqual([gate.notNow()?.code, gate.notNow()?.retryAfterMs], ['music/throttled', 3000])
  await clock.advance(3000)
  assert.equal(gate.notNow(), undefined)
})

test('without Retry-After the waits grow, and never beyond the table', async () => {
  const { gate, clock } = limiter()
  const waits: number[] = []
  for (let n = 0; n < 9; n++) {
    gate.failed(await gate.enter(never), 'throttled', undefined)
    waits.push(gate.waitMs())
    await clock.advance(gate.waitMs())
  }
  assert.deepEqual(waits, [1000, 2000, 4000, 10_000, 30_000, 60_000, 60_000, 60_000, 60_000])
})

test('a single fault of the service makes nobody wait, a second one does', async () => {
  const { gate, clock } = limiter()
  gate.failed(await gate.enter(never), 'unavailable', undefined)
  assert.equal(gate.waitMs(), 0)
  gate.failed(await gate.enter(never), 'unavailable', undefined)
  assert.equal(gate.waitMs(), 1000)
  await clock.advance(1000)
})

test('waits are spread at random', async () => {
  for (const [random, ms] of [
    [0, 500],
    [0.999, 1499],
  ] as const) {
    const { gate } = limiter(random)
    gate.failed(await gate.enter(never), 'throttled', undefined)
    assert.equal(gate.waitMs(), ms)
  }
})

test('a success ends the growing', async () => {
  const { gate, clock } = limiter()
  gate.failed(await gate.enter(never), 'throttled', undefined)
  await clock.advance(1000)
  gate.succeeded(await gate.enter(never))
  gate.failed(await gate.enter(never), 'throttled', undefined)
  assert.equal(gate.waitMs(), 1000)
})

test('calls that were under way together count as one trouble, and the longest wait asked for holds', async () => {
  const { gate } = limiter()
  const [a, b, c] = [await gate.enter(never), await gate.enter(never), await gate.enter(never)]
  gate.failed(a, 'throttled', undefined)
  gate.failed(b, 'throttled', undefined)
  assert.equal(gate.waitMs(), 1000)
  gate.failed(c, 'throttled', 5000)
  assert.equal(gate.waitMs(), 5000)
})

test('a late success of an older call does not end the trouble', async () => {
  const { gate, clock } = limiter()
  const [a, b] = [await gate.enter(never), await gate.enter(never)]
  gate.failed(a, 'throttled', undefined)
  gate.succeeded(b)
  await clock.advance(1000)
  gate.failed(await gate.enter(never), 'throttled', undefined)
  assert.equal(gate.waitMs(), 2000)
})

for (const [trouble, code] of [
  ['throttled', 'music/throttled'],
  ['unavailable', 'music/unavailable'],
] as const) {
  test(`a wait beyond the bound is refused at once as ${code}`, async () => {
    const { gate, clock } = limiter()
    gate.failed(await gate.enter(never), trouble, 20_001)
    await assert.rejects(
      gate.enter(never),
      (error) => error instanceof AppError && error.code === code && error.retryAfterMs === 20_001,
    )
    await clock.advance(1)
    const entered = gate.enter(never)
    await clock.advance(20_000)
    await entered
    assert.equal(clock.sleeping, 0)
  })
}

test('a waiting call can be called off', async () => {
  const { gate, clock } = limiter()
  gate.failed(await gate.enter(never), 'throttled', 5000)
  const off = new AbortController()
  const waiting = gate.enter(off.signal)
  const reason = new Error('stop')
  off.abort(reason)
  await assert.rejects(waiting, (error) => error === reason)
  assert.equal(clock.sleeping, 0)
})

test('who waits when new trouble comes waits on', async () => {
  const { gate, clock } = limiter()
  const older = await gate.enter(never)
  gate.failed(await gate.enter(never), 'throttled', 5000)
  let entered = false
  const waiting = gate.enter(never).then(() => (entered = true))
  gate.failed(older, 'throttled', 9000)
  await clock.advance(5000)
  assert.equal(entered, false)
  await clock.advance(4000)
  await waiting
})

test('calls that met the same trouble later do not make the wait longer', async () => {
  const { gate, clock } = limiter()
  const [first, second] = [await gate.enter(never), await gate.enter(never)]
  gate.failed(first, 'throttled', undefined)
  await clock.advance(400)
  gate.failed(second, 'throttled', undefined)
  assert.equal(gate.waitMs(), 600)
})

test('of two waits that the service asked for the longer one holds, whichever came last', async () => {
  for (const waits of [
    [10_000, 2_000],
    [2_000, 10_000],
  ] as const) {
    const { gate } = limiter()
    const tickets = [await gate.enter(never), await gate.enter(never)] as const
    gate.failed(tickets[0], 'throttled', waits[0])
    gate.failed(tickets[1], 'throttled', waits[1])
    assert.equal(gate.waitMs(), 10_000)
  }
})

test('who has stopped does not get through, open as the gate may be', async () => {
  const { gate } = limiter()
  const reason = new Error('stop')
  await assert.rejects(gate.enter(AbortSignal.abort(reason)), (error) => error === reason)
})
