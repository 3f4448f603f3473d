import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AppError } from '../../../src/lib/errors.ts'
import { errorAnswer } from '../../../src/bridge/commands/answer.ts'

test('who waits as many seconds as the answer says does not come too early', () => {
  const seconds = (retryAfterMs?: number): unknown => {
    const error = new AppError('music/throttled', 'Later', retryAfterMs === undefined ? {} : { retryAfterMs })
    const { error: said } = JSON.parse(errorAnswer('next', error, undefined)) as {
      error: Record<string, unknown>
    }
    return said['retry_after_seconds']
  }
  assert.deepEqual([seconds(1), seconds(1_000), seconds(1_001), seconds()], [1, 1, 2, null])
})
