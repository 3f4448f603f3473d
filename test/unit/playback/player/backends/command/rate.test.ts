import assert from 'node:assert/strict'
import { test } from 'node:test'

import { createRate } from '../../../../../../src/playback/player/backends/command/conversation.ts'
import { ManualClock } from '../../../../../support/clocks/manual-clock.ts'

test('each second has its share', async () => {
  const clock = new ManualClock()
  const isInTime = createRate(2, clock)
  const three = (): readonly boolean[] => [isInTime(), isInTime(), isInTime()]
  assert.deepEqual(three(), [true, true, false])
  await clock.advance(999)
  assert.deepEqual(three(), [false, false, false])
  await clock.advance(1)
  assert.deepEqual(three(), [true, true, false])
})
