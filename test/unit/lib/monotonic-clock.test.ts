import assert from 'node:assert/strict'
import { test } from 'node:test'

import { createMonotonicClock } from '../../../src/lib/clock.ts'

/** The clocks of a machine that was up for an hour when Node started. */
function machine() {
  const times = { node: 100, wall: 1_700_000_000_000, boot: 3_600_000, looks: 0 }
  const clock = createMonotonicClock({
    nodeMs: () => times.node,
    wallMs: () => times.wall,
    bootMs: () => {
      times.looks++
      // As /proc/uptime tells it.
      return Math.floor(times.boot / 10) * 10
    },
  })
  const run = (ms: number): void => {
    times.node += ms
    times.wall += ms
    times.boot += ms
  }
  const suspend = (ms: number): void => {
    times.wall += ms
    times.boot += ms
  }
  return { times, clock, run, suspend }
}

test('the boot clock is looked at once a second, and counts on in between', () => {
  const { times, clock, run } = machine()
  const before = clock()
  for (let n = 0; n < 100; n++) {
    run(5)
    clock()
  }
  assert.equal(clock() - before, 500)
  assert.equal(times.looks, 1)
  run(600)
  clock()
  assert.equal(times.looks, 2)
})

test('a suspend shows at once', () => {
  const { clock, run, suspend } = machine()
  const before = clock()
  run(3)
  suspend(8 * 3_600_000)
  assert.ok(
    Math.abs(clock() - before - 8 * 3_600_000 - 3) <= 10,
    'Math.abs(clock() - before - 8 * 3_600_000 - 3) <= 10',
  )
})

test('a wall clock that is set changes nothing, forwards or back', () => {
  const { times, clock, run } = machine()
  const before = clock()
  times.wall += 86_400_000
  run(5)
  assert.ok(Math.abs(clock() - before - 5) <= 10, 'Math.abs(clock() - before - 5) <= 10')
  times.wall -= 2 * 86_400_000
  run(5)
  assert.ok(Math.abs(clock() - before - 10) <= 10, 'Math.abs(clock() - before - 10) <= 10')
})

test('it never goes back, in whatever way the others move', () => {
  const { times, clock, run, suspend } = machine()
  let last = clock()
  for (let n = 0; n < 2_000; n++) {
    run((n * 7) % 13)
    if (n % 50 === 0) suspend(n)
    if (n % 30 === 0) times.wall += (n % 60) - 45
    const now = clock()
    assert.ok(now >= last, `now >= last: ${now}`)
    last = now
  }
})
