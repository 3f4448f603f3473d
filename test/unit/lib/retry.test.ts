import assert from 'node:assert/strict'
import { test } from 'node:test'

import { backOffMs, slowBackOffMs } from '../../../src/lib/retry.ts'

const tableMs = [0, 1_000, 2_000, 4_000, 10_000, 30_000, 60_000, 60_000, 60_000]

test('the waits are those of the table in the middle of the dice, and 60 s for ever after', () => {
  assert.deepEqual(
    tableMs.map((_, attempt) => backOffMs(attempt, () => 0.5)),
    tableMs,
  )
  assert.equal(
    backOffMs(100_000, () => 0.5),
    60_000,
  )
})

test('the dice move a wait by at most half of it, in whole milliseconds', () => {
  for (const [attempt, ms] of tableMs.entries()) {
    assert.equal(
      backOffMs(attempt, () => 0),
      ms * 0.5,
    )
    assert.ok(
      backOffMs(attempt, () => 1 - Number.EPSILON) <= ms * 1.5,
      'backOffMs(attempt, () => 1 - Number.EPSILON) <= ms * 1.5',
    )
    assert.equal(Number.isInteger(backOffMs(attempt, () => 0.123456)), true)
  }
})

test('an attempt before the first waits no shorter than the last', () => {
  assert.equal(
    backOffMs(-1, () => 0.5),
    60_000,
  )
})

test('after a refusal the waits double from a minute to an hour, and are at most half as long by the dice', () => {
  const minutes = (random: number): readonly number[] =>
    [0, 1, 2, 5, 6, 2_000].map((attempt) => slowBackOffMs(attempt, () => random) / 60_000)
  assert.deepEqual(minutes(0), [1, 2, 4, 32, 60, 60])
  assert.deepEqual(minutes(1), [0.5, 1, 2, 16, 30, 30])
})
