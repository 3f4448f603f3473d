import assert from 'node:assert/strict'
import { test } from 'node:test'

import { renewAfterMs, usableForMs } from '../../../src/account/refresh-schedule.ts'

const minuteMs = 60_000

test('an hour-long token is renewed ten to twelve minutes before its end', () => {
  assert.equal(
    renewAfterMs(60 * minuteMs, () => 0),
    50 * minuteMs,
  )
  assert.ok(
    renewAfterMs(60 * minuteMs, () => 0.999) > 48 * minuteMs,
    'renewAfterMs(60 * minuteMs, () => 0.999) > 48 * minuteMs',
  )
  assert.ok(
    renewAfterMs(60 * minuteMs, () => 0.999) < 49 * minuteMs,
    'renewAfterMs(60 * minuteMs, () => 0.999) < 49 * minuteMs',
  )
})

test('a short life has a short head start', () => {
  assert.equal(
    renewAfterMs(minuteMs, () => 0),
    45_000,
  )
})

test('however short the life, a second passes between two refreshes', () => {
  assert.equal(
    renewAfterMs(10, () => 0.5),
    1_000,
  )
})

test('a token is not handed out in its last ten seconds, or last tenth', () => {
  assert.equal(usableForMs(3_600_000), 3_590_000)
  assert.equal(usableForMs(10_000), 9_000)
})
