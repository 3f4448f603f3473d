import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { test, type TestContext } from 'node:test'

import { AppError } from '../../../../src/lib/errors.ts'
import { RetryingFetch } from '../../../../src/playback/queue/retrying-fetch.ts'
import { ManualClock } from '../../../support/clocks/manual-clock.ts'

interface Trial {
  readonly clock: ManualClock
  readonly supply: RetryingFetch
  readonly log: string[]
}

/** @param outcomes of the fetches in turn; after them all succeed */
function startSupply(t: TestContext, outcomes: (AppError | undefined)[], goesOn = true): Trial {
  const clock = new ManualClock()
  const log: string[] = []
  const since = clock.monotonicMs()
  const supply = new RetryingFetch({
    clock,
    fetch() {
      log.push(`fetch at ${String((clock.monotonicMs() - since) / 1000)}`)
      const outcome = outcomes.shift()
      return outcome === undefined ? Promise.resolve() : Promise.reject(outcome)
    },
    onFetched: () => log.push('fetched'),
    onFailure: () => goesOn,
  })
  t.after(async () => {
    supply.stop()
    await setImmediate()
    assert.equal(clock.sleeping, 0)
  })
  return { clock, supply, log }
}

const away = (retryAfterMs?: number): AppError =>
  new AppError('music/unavailable', 'away', retryAfterMs === undefined ? {} : { retryAfterMs })

test('a fetch that fails is tried again after longer and longer waits', async (t) => {
  const { clock, supply, log } = startSupply(t, [away(), away(), away(), away()])
  supply.start()
  await clock.untilSleeping()
  for (let i = 0; i < 20; i++) await clock.advance(500)
  assert.deepEqual(log, ['fetch at 0', 'fetch at 0', 'fetch at 1', 'fetch at 3', 'fetch at 7', 'fetched'])
})

test('the service is given the time it asks for', async (t) => {
  const { clock, supply, log } = startSupply(t, [away(45_000)])
  supply.start()
  await clock.untilSleeping()
  await clock.advance(44_999)
  assert.deepEqual(log, ['fetch at 0'])
  await clock.advance(1)
  assert.deepEqual(log, ['fetch at 0', 'fetch at 45', 'fetched'])
})

test('a start while it runs starts nothing else', async (t) => {
  const { supply, log } = startSupply(t, [])
  supply.start()
  supply.start()
  await setImmediate()
  assert.deepEqual(log, ['fetch at 0', 'fetched'])
})

test('what is no longer wanted is not told, and not tried again', async (t) => {
  const { clock, supply, log } = startSupply(t, [away(5_000)])
  supply.start()
  await clock.untilSleeping()
  supply.stop()
  await clock.advance(60_000)
  assert.deepEqual(log, ['fetch at 0'])
})

test('a failure that does not pass ends it until it is started again', async (t) => {
  const { clock, supply, log } = startSupply(t, [away()], false)
  supply.start()
  await setImmediate()
  await clock.advance(60_000)
  assert.deepEqual(log, ['fetch at 0'])
  supply.start()
  await setImmediate()
  assert.deepEqual(log, ['fetch at 0', 'fetch at 60', 'fetched'])
})

test('a start while it waits tries at once', async (t) => {
  const { clock, supply, log } = startSupply(t, [away(45_000)])
  supply.start()
  await clock.untilSleeping()
  await clock.advance(10_000)
  supply.start()
  await setImmediate()
  assert.deepEqual(log, ['fetch at 0', 'fetch at 10', 'fetched'])
})
