import assert from 'node:assert/strict'
import { test } from 'node:test'

import { mostShort, StartBrake } from '../../../src/playback/queue/start-brake.ts'
import { ManualClock } from '../../support/clocks/manual-clock.ts'

function stage(): { clock: ManualClock; brake: StartBrake; rested: () => number } {
  const clock = new ManualClock()
  let rested = 0
  const brake = new StartBrake({ clock, onRested: () => rested++ })
  return { clock, brake, rested: () => rested }
}

test('three short entries in a row are nothing, the fourth waits longer each time, and the tenth is the last', async () => {
  const { clock, brake, rested } = stage()
  const waits: number[] = []
  for (let n = 1; n < mostShort; n++) {
    brake.over(10, undefined)
    assert.equal(brake.isHopeless, false)
    if (brake.mayStart()) continue
    assert.equal(brake.mayStart(), false, 'asked twice it waits once')
    const [waitMs = 0] = clock.sleeps
    assert.equal(clock.sleeps.length, 1)
    waits.push(waitMs)
    const before = rested()
    await clock.advance(waitMs - 1)
    assert.equal(rested(), before)
    await clock.advance(1)
    assert.equal(rested(), before + 1)
    assert.equal(brake.mayStart(), true)
  }
  assert.deepEqual(waits, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
  brake.over(10, undefined)
  assert.equal(brake.isHopeless, true)
})

test('one that lasts, or is as short as it should be, ends the row', () => {
  const { brake } = stage()
  for (const [ageMs, durationMs] of [
    [3_000, undefined],
    [1_500, 1_500],
    [60_000, 0],
  ] as const) {
    for (let n = 0; n < 3; n++) brake.over(0, 180_000)
    assert.equal(brake.isOn, true)
    brake.over(ageMs, durationMs)
    assert.equal(brake.isOn, false, `${String(ageMs)} ms of ${String(durationMs)}`)
  }
})

test('a length of nothing is no excuse for a short entry, and neither is a long one', () => {
  const { brake } = stage()
  for (const durationMs of [0, 999, 180_000]) brake.over(1_000, durationMs)
  assert.equal(brake.isOn, true)
})

test('who wants to hear something is not kept waiting, and a wait that is given up starts nothing', async () => {
  const { clock, brake, rested } = stage()
  for (let n = 0; n < 5; n++) brake.over(0, undefined)
  assert.equal(brake.mayStart(), false)
  brake.release()
  assert.equal(brake.mayStart(), true)
  await clock.advance(60_000)
  assert.deepEqual([rested(), clock.sleeping], [0, 0])
})
