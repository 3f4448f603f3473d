import assert from 'node:assert/strict'
import { test } from 'node:test'

import { systemClock } from '../../../src/lib/clock.ts'
import { within } from '../../support/eventually.ts'

const never = new AbortController().signal

test('the monotonic clock does not go back and moves on by what was slept', async () => {
  const before = systemClock.monotonicMs()
  await systemClock.sleep(60, never)
  const passed = systemClock.monotonicMs() - before
  // Its resolution is 10 ms.
  assert.ok(passed >= 50 && passed < 5_000, String(passed))
})

test('the wall clock is that of the system', () => {
  assert.ok(
    Math.abs(systemClock.epochMs() - Date.now()) < 1_000,
    'Math.abs(systemClock.epochMs() - Date.now()) < 1_000',
  )
})

test('a sleep longer than a Node timer can hold does not fire at once, and can be ended', async () => {
  const stop = new AbortController()
  let woken = false
  const sleeping = systemClock.sleep(40 * 24 * 3_600_000, stop.signal).then(() => (woken = true))
  await systemClock.sleep(100, never)
  assert.equal(woken, false)
  stop.abort(new Error('enough'))
  await assert.rejects(sleeping, { message: 'enough' })
})

test('an abort ends a sleep with the reason of the signal, also one that came before', async () => {
  const stop = new AbortController()
  const reason = new Error('stop')
  const sleeping = systemClock.sleep(60_000, stop.signal)
  stop.abort(reason)
  await assert.rejects(sleeping, (error) => error === reason)
  await assert.rejects(systemClock.sleep(0, stop.signal), (error) => error === reason)
})

test('a sleep of nothing, or of less, returns', async () => {
  const startedMs = systemClock.monotonicMs()
  await within('a sleep of nothing', systemClock.sleep(0, never))
  await within('a sleep of less', systemClock.sleep(-5, never))
  const tookMs = systemClock.monotonicMs() - startedMs
  assert.ok(tookMs < 1_000, `${tookMs} ms`)
})
