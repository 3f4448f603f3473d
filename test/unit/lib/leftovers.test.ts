import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { test } from 'node:test'

import { orAborted } from '../../../src/lib/async/tasks.ts'
import { withTimeLimit } from '../../../src/lib/async/time-limit.ts'
import { ManualClock } from '../../support/clocks/manual-clock.ts'

test('a job that is done in time leaves no timer', async () => {
  const clock = new ManualClock()
  const { signal } = new AbortController()
  assert.equal(await withTimeLimit(clock, 1_000, signal, () => Promise.resolve('done')), 'done')
  await assert.rejects(
    withTimeLimit(clock, 1_000, signal, () => Promise.reject(new Error('failed'))),
    { message: 'failed' },
  )
  assert.equal(clock.sleeping, 0)
})

test('a job that was waited for leaves nothing on the signal', async () => {
  const { signal } = new AbortController()
  for (let n = 0; n < 20; n++) await orAborted(Promise.resolve(n), signal)
  await assert.rejects(orAborted(Promise.reject(new Error('failed')), signal), { message: 'failed' })
  assert.equal(getEventListeners(signal, 'abort').length, 0)
})
