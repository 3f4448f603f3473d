import assert from 'node:assert/strict'
import { before, test } from 'node:test'

import { isQuiet, untilBoundaryMs } from '../../../../src/playback/player/quiet-hours.ts'

const night = { fromMinute: 22 * 60, toMinute: 7 * 60 }
const noon = { fromMinute: 12 * 60, toMinute: 14 * 60 + 30 }

before(() => {
  process.env['TZ'] = 'Europe/Berlin'
})

/** A moment by the clocks of Berlin in winter, UTC+1. */
const winter = (hour: number, minute = 0, second = 0, ms = 0): number =>
  Date.UTC(2026, 0, 15, hour - 1, minute, second, ms)

test('hours within a day', () => {
  const times = [winter(11, 59, 59, 999), winter(12), winter(14, 29, 59, 999), winter(14, 30)]
  assert.deepEqual(
    times.map((at) => isQuiet(noon, at)),
    [false, true, true, false],
  )
})

test('hours over midnight', () => {
  const times = [
    winter(21, 59, 59, 999),
    winter(22),
    winter(23, 59, 59, 999),
    winter(24),
    winter(30, 59, 59, 999),
    winter(31),
  ]
  assert.deepEqual(
    times.map((at) => isQuiet(night, at)),
    [false, true, true, true, true, false],
  )
})

test('the clock on the wall counts in summer as in winter', () => {
  // 05:30 UTC is 06:30 in Berlin's winter and 07:30 in its summer.
  assert.equal(isQuiet(night, Date.UTC(2026, 0, 15, 5, 30)), true)
  assert.equal(isQuiet(night, Date.UTC(2026, 6, 15, 5, 30)), false)
})

test('hours that begin in the hour that spring skips begin with the next', () => {
  const hours = { fromMinute: 2 * 60 + 30, toMinute: 5 * 60 }
  // On 29 March 2026 at 01:00 UTC the clocks go from 02:00 to 03:00.
  const change = Date.UTC(2026, 2, 29, 1)
  assert.equal(isQuiet(hours, change - 1), false)
  assert.equal(isQuiet(hours, change), true)
})

test('hours that end in the hour that autumn has twice end twice', () => {
  const hours = { fromMinute: 22 * 60, toMinute: 2 * 60 + 30 }
  // On 25 October 2026 at 01:00 UTC the clocks go from 03:00 back to 02:00.
  const change = Date.UTC(2026, 9, 25, 1)
  const minutes = [-31, -30, -1, 0, 29, 30].map((minute) => change + minute * 60_000)
  assert.deepEqual(
    minutes.map((at) => isQuiet(hours, at)),
    [true, false, false, true, true, false],
  )
})

test('the next begin or end is known to the millisecond', () => {
  assert.equal(untilBoundaryMs(night, winter(21, 59, 59, 1)), 999)
  assert.equal(untilBoundaryMs(night, winter(22)), 9 * 3_600_000)
  assert.equal(untilBoundaryMs(night, winter(7)), 15 * 3_600_000)
  assert.equal(untilBoundaryMs(night, winter(6, 30)), 1_800_000)
})
