import assert from 'node:assert/strict'
import { test } from 'node:test'

import { judgeClock } from '../../../../src/diagnostics/probes/clock.ts'

const now = Date.UTC(2026, 10, 22, 8, 15)
const minute = 60_000

test('minutes do no harm', () => {
  for (const error of [0, 5 * minute, -5 * minute])
    assert.equal(judgeClock(error, now), '2026-11-22T08:15:00.000Z')
})

test('more is told with its direction', () => {
  const expected = (words: string): object => ({
    code: 'net/clock',
    message: `2026-11-22T08:15:00.000Z is ${words}`,
  })
  assert.throws(() => judgeClock(6 * minute, now), expected('6 minutes ahead'))
  assert.throws(() => judgeClock(-1_440 * minute, now), expected('1440 minutes behind'))
})

test('nobody to compare with is no failure', () => {
  assert.match(judgeClock(undefined, now), /nobody answered/)
})
