import assert from 'node:assert/strict'
import { test } from 'node:test'

import { PlaybackMetrics } from '../../../../src/playback/reports/playback-metrics.ts'
import { ManualClock } from '../../../support/clocks/manual-clock.ts'
import { entity } from '../entity.ts'

test('the initial delay is measured once, from the wish to the first sound', async () => {
  const clock = new ManualClock()
  const listening = new PlaybackMetrics(entity('A'), clock)
  await clock.advance(420)
  assert.equal(listening.start(0)?.initialDelayMs, 420)
  assert.equal(listening.stop(0, 'userStop')?.initialDelayMs, 420)
  await clock.advance(3_600_000)
  assert.equal(listening.start(0)?.initialDelayMs, 420)
})

test('a pause is no initial delay where there was none', async () => {
  const clock = new ManualClock()
  const listening = new PlaybackMetrics(entity('A'), clock)
  listening.start(0)
  listening.stop(0, 'userStop')
  await clock.advance(60_000)
  assert.equal(listening.start(0)?.initialDelayMs, 0)
})

test('what was played does not count pauses', async () => {
  const clock = new ManualClock()
  const listening = new PlaybackMetrics(entity('A'), clock)
  listening.start(0)
  await clock.advance(10_000)
  assert.equal(listening.stop(10_000, 'userStop')?.playedMs, 10_000)
  await clock.advance(60_000)
  assert.equal(listening.start(10_000)?.playedMs, 0)
  await clock.advance(5_000)
  assert.equal(listening.stop(15_000, 'userNext')?.playedMs, 5_000)
})

test('a start or stop said twice is reported once', () => {
  const listening = new PlaybackMetrics(entity('A'), new ManualClock())
  assert.equal(listening.stop(0, 'userStop'), undefined)
  assert.equal(listening.start(0)?.type, 'start')
  assert.equal(listening.start(0), undefined)
  assert.equal(listening.stop(0, 'userStop')?.type, 'stop')
  assert.equal(listening.stop(0, 'userStop'), undefined)
})

test('a position outside the entity is reported as its nearest end', () => {
  const listening = new PlaybackMetrics(entity('A', { durationMs: 60_000 }), new ManualClock())
  assert.equal(listening.start(-5)?.positionMs, 0)
  assert.equal(listening.stop(61_234, 'userStop')?.positionMs, 60_000)
})

test('an entity that was played to its end stopped there, whatever the player says of it', () => {
  const listening = new PlaybackMetrics(entity('A', { durationMs: 60_000 }), new ManualClock())
  listening.start(0)
  assert.equal(listening.stop(0, 'trackFinished')?.positionMs, 60_000)
})

test('an entity of unknown length stops where the player says', () => {
  const listening = new PlaybackMetrics(entity('A', { durationMs: undefined }), new ManualClock())
  listening.start(0)
  assert.equal(listening.stop(99_000, 'trackFinished')?.positionMs, 99_000)
})

test('an entity without a metric id is not reported, but runs', () => {
  const listening = new PlaybackMetrics(entity('A', { metricId: undefined }), new ManualClock())
  assert.equal(listening.start(0), undefined)
  assert.equal(listening.isRunning, true)
  assert.equal(listening.stop(0, 'userStop'), undefined)
  assert.equal(listening.isRunning, false)
})

test('a report carries the time of what it tells, by the wall clock', async () => {
  const clock = new ManualClock(Date.UTC(2026, 10, 22))
  const listening = new PlaybackMetrics(entity('A'), clock)
  assert.equal(listening.start(0)?.atEpochMs, Date.UTC(2026, 10, 22))
  await clock.advance(1_500)
  assert.equal(listening.stop(1_500, 'userStop')?.atEpochMs, Date.UTC(2026, 10, 22) + 1_500)
})

test('what stood still was not played, and each time it goes on is counted', async () => {
  const clock = new ManualClock()
  const listening = new PlaybackMetrics(entity('A'), clock)
  listening.start(0)
  await clock.advance(10_000)
  listening.stall()
  await clock.advance(30_000)
  listening.unstall()
  await clock.advance(5_000)
  listening.stall()
  await clock.advance(1_000)
  const report = listening.stop(15_000, 'networkError')
  assert.equal(report?.playedMs, 15_000)
  assert.equal(report.rebufferCount, 1)
})

test('a new start begins its own count', async () => {
  const clock = new ManualClock()
  const listening = new PlaybackMetrics(entity('A'), clock)
  listening.start(0)
  listening.stall()
  listening.unstall()
  listening.stop(0, 'userStop')
  listening.start(0)
  await clock.advance(1_000)
  assert.equal(listening.stop(1_000, 'userStop')?.rebufferCount, 0)
})

test('the stop it would be now changes nothing', async () => {
  const clock = new ManualClock()
  const listening = new PlaybackMetrics(entity('A'), clock)
  assert.equal(listening.asStopped(0, 'systemStop'), undefined)
  listening.start(0)
  await clock.advance(3_000)
  assert.equal(listening.asStopped(3_000, 'systemStop')?.playedMs, 3_000)
  await clock.advance(3_000)
  assert.equal(listening.stop(6_000, 'userStop')?.playedMs, 6_000)
})

test('what was never heard is reported as stopped by an error, and what was heard is not', () => {
  const listening = new PlaybackMetrics(entity('A'), new ManualClock())
  const report = listening.refused()
  assert.equal(report?.type, 'stop')
  assert.equal(report.terminationReason, 'error')
  assert.equal(report.playedMs, 0)
  listening.start(0)
  assert.equal(listening.refused(), undefined)
})
