import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { test } from 'node:test'

import { Wake } from '../../../src/lib/async/wake.ts'

test('a wake that comes before the wait ends that wait, and only that one', async () => {
  const wake = new Wake()
  const { signal } = new AbortController()
  wake.wake()
  wake.wake()
  await wake.wait(signal)
  let isOver = false
  const second = wake.wait(signal).then(() => (isOver = true))
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(isOver, false)
  wake.wake()
  await second
  assert.equal(isOver, true)
  assert.equal(getEventListeners(signal, 'abort').length, 0)
})
