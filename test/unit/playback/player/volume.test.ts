import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { test, type TestContext } from 'node:test'

import { AppError } from '../../../../src/lib/errors.ts'
import { VolumeControl, type VolumeControlOptions } from '../../../../src/playback/player/volume.ts'
import { within } from '../../../support/eventually.ts'
import { logSink } from '../../../support/log-sink.ts'
import { ManualClock } from '../../../support/clocks/manual-clock.ts'

process.env['TZ'] = 'UTC'

interface Room {
  readonly clock: ManualClock
  readonly loudness: VolumeControl
  /** What the player was told, in order. */
  readonly told: number[]
  readonly changes: number[]
  readonly life: AbortController
  /** Set: the player refuses. */
  broken: boolean
  isSilent: boolean
}

const night = { limit: 30, hours: { fromMinute: 22 * 60, toMinute: 7 * 60 } }
const at = (hour: number, minute = 0): number => Date.UTC(2026, 10, 22, hour, minute)

/** At volume 60 with nothing told since. */
async function room(
  t: TestContext,
  options: Partial<VolumeControlOptions> = {},
  epochMs = at(12),
): Promise<Room> {
  const clock = new ManualClock(epochMs)
  const told: number[] = []
  const changes: number[] = []
  const loudness = new VolumeControl({
    apply(percent) {
      if (made.broken) return Promise.reject(new AppError('player/failed', 'It is broken'))
      told.push(percent)
      return Promise.resolve()
    },
    clock,
    volumeLimit: 100,
    night: undefined,
    fadeInMs: 0,
    fadeOutMs: 0,
    log: logSink().log,
    isSilent: () => made.isSilent,
    onChange: () => changes.push(loudness.volume),
    ...options,
  })
  const life = new AbortController()
  const made: Room = { clock, loudness, told, changes, life, broken: false, isSilent: false }
  await loudness.set(60)
  told.length = 0
  changes.length = 0
  t.after(async () => {
    life.abort()
    await setImmediate()
    assert.equal(clock.sleeping, 0, 'a timer is left at rest')
  })
  return made
}

function watch({ loudness, clock, life }: Room): Promise<void> {
  void loudness.run(life.signal)
  return clock.untilSleeping()
}

/** The amplitude of one level against another, in decibels. */
const db = (level: number, against: number): number => 60 * Math.log10(level / against)

const last = (values: readonly number[]): number | undefined => values.at(-1)

function assertEven(steps: readonly number[]): void {
  const differences = steps.slice(1).map((step, index) => step - (steps[index] ?? 0))
  for (const difference of differences) {
    assert.ok(Math.abs(difference - (differences[0] ?? 0)) < 1e-6, `steps of ${differences.join(', ')}`)
  }
}

test('a volume is told to the player and shown', async (t) => {
  const { loudness, told, changes } = await room(t)
  await loudness.set(42)
  await loudness.set(42)
  assert.deepEqual([loudness.volume, told, changes], [42, [42, 42], [42]])
})

test('a volume is cut to the limit and to what there is', async (t) => {
  const { loudness, told } = await room(t, { volumeLimit: 70 })
  for (const [wanted, got] of [
    [100, 70],
    [71, 70],
    [70, 70],
    [-5, 0],
    [33.4, 33],
  ] as const) {
    await loudness.set(wanted)
    assert.deepEqual([loudness.volume, last(told)], [got, got])
  }
})

test('a volume the player refuses changes nothing', async (t) => {
  const made = await room(t)
  made.broken = true
  await assert.rejects(made.loudness.set(20), { code: 'player/failed' })
  assert.deepEqual([made.loudness.volume, made.changes], [60, []])
})

test('a volume the player refuses leaves a fade on its way', async (t) => {
  const made = await room(t, { fadeInMs: 1_000 })
  made.loudness.fadeIn()
  await made.clock.advance(500)
  made.broken = true
  await assert.rejects(made.loudness.set(20), { code: 'player/failed' })
  made.broken = false
  await made.clock.advance(1_000)
  assert.deepEqual([made.loudness.volume, last(made.told)], [60, 60])
})

test('ducking lowers by the decibels asked for, in 300 ms, and back exactly', async (t) => {
  const { loudness, told, clock } = await room(t)
  const low = loudness.duck(20)
  await clock.advance(299)
  assert.ok(db(last(told) ?? 0, 60) > -20, 'db(last(told) ?? 0, 60) > -20')
  await clock.advance(1)
  await low
  assert.ok(Math.abs(db(last(told) ?? 0, 60) + 20) < 1e-9, 'Math.abs(db(last(told) ?? 0, 60) + 20) < 1e-9')
  assert.equal(told.length, 6)
  assertEven([60, ...told])
  const back = loudness.unduck()
  await clock.advance(300)
  await back
  assert.equal(last(told), 60)
  assert.equal(loudness.volume, 60)
})

test('a volume set while ducked is as much lower, and comes back as set', async (t) => {
  const { loudness, told, clock } = await room(t)
  void loudness.duck(20)
  await clock.advance(300)
  await loudness.set(30)
  assert.equal(loudness.volume, 30)
  assert.ok(Math.abs(db(last(told) ?? 0, 30) + 20) < 1e-9, 'Math.abs(db(last(told) ?? 0, 30) + 20) < 1e-9')
  void loudness.unduck()
  await clock.advance(300)
  assert.equal(last(told), 30)
})

test('sound that begins after silence rises evenly from nothing', async (t) => {
  const { loudness, told, clock } = await room(t, { fadeInMs: 1_000 })
  loudness.fadeIn()
  assert.deepEqual(told, [0])
  await clock.advance(1_000)
  assert.equal(told.length, 21)
  assert.equal(last(told), 60)
  assertEven(told)
})

test('without a fade sound is at its level at once', async (t) => {
  const { loudness, told } = await room(t)
  await loudness.fadeOut()
  assert.deepEqual(told, [0])
  loudness.fadeIn()
  loudness.fadeIn()
  assert.deepEqual(told, [0, 60])
})

test('sound falls evenly to nothing, and what waits for it goes on then', async (t) => {
  const { loudness, told, clock } = await room(t, { fadeOutMs: 1_000 })
  let silent = false
  void loudness.fadeOut().then(() => (silent = true))
  await clock.advance(950)
  assert.equal(silent, false)
  await clock.advance(50)
  assert.equal(silent, true)
  assert.equal(last(told), 0)
  assertEven([60, ...told])
  assert.equal(loudness.volume, 60)
})

test('a fall can be of any length', async (t) => {
  const { loudness, told, clock } = await room(t)
  void loudness.fadeOut(20_000)
  await clock.advance(10_000)
  assert.ok(Math.abs((last(told) ?? 0) - 30) < 1e-6, 'Math.abs((last(told) ?? 0) - 30) < 1e-6')
  await clock.advance(10_000)
  assert.equal(last(told), 0)
})

test('a fall that is cut short resolves', async (t) => {
  const { loudness, told, clock } = await room(t, { fadeOutMs: 1_000 })
  const falls = [loudness.fadeOut()]
  await clock.advance(500)
  loudness.cancelFade()
  falls.push(loudness.fadeOut())
  await clock.advance(500)
  await loudness.set(40)
  falls.push(loudness.fadeOut())
  await clock.advance(500)
  loudness.fadeIn()
  await Promise.all(falls)
  assert.equal(last(told), 40)
})

test('a volume set in the middle of a fall is heard, and one that is refused does not end it', async (t) => {
  const made = await room(t, { fadeOutMs: 1_000 })
  void made.loudness.fadeOut()
  await made.clock.advance(500)
  await made.loudness.set(40)
  assert.equal(last(made.told), 40)
  void made.loudness.fadeOut()
  await made.clock.advance(500)
  made.broken = true
  await assert.rejects(made.loudness.set(50), { code: 'player/failed' })
  made.broken = false
  await made.clock.advance(1_000)
  await made.loudness.set(45)
  assert.equal(last(made.told), 0)
})

test('a volume set after a fall is not heard before the rise', async (t) => {
  const { loudness, told } = await room(t)
  await loudness.fadeOut()
  await loudness.set(80)
  assert.equal(last(told), 0)
  loudness.fadeIn()
  assert.equal(last(told), 80)
})

test('an announcement does not make silence heard, nor is it ducked when it is over', async (t) => {
  const { loudness, told, clock } = await room(t)
  await loudness.fadeOut()
  void loudness.duck(20)
  await clock.advance(300)
  assert.equal(last(told), 0)
  void loudness.unduck()
  await clock.advance(300)
  assert.equal(last(told), 0)
  loudness.cancelFade()
  assert.equal(last(told), 60)
})

test('ducking does not hurry a fall', async (t) => {
  const { loudness, told, clock } = await room(t, { fadeOutMs: 1_000 })
  void loudness.fadeOut()
  await clock.advance(500)
  void loudness.duck(20)
  await clock.advance(300)
  assert.ok((last(told) ?? 0) > 10, '(last(told) ?? 0) > 10')
  await clock.advance(200)
  assert.equal(last(told), 0)
})

test('a level that somebody else has changed is told once more', async (t) => {
  const made = await room(t)
  await made.loudness.restate()
  assert.deepEqual(made.told, [60])
  made.broken = true
  await made.loudness.restate()
  made.broken = false
  await made.loudness.restate()
  assert.deepEqual(made.told, [60, 60])
})

test('volume 0 stays silent whatever else happens', async (t) => {
  const { loudness, told, clock } = await room(t, { fadeInMs: 500, fadeOutMs: 500 })
  await loudness.set(0)
  loudness.fadeIn()
  void loudness.duck(20)
  await clock.advance(500)
  void loudness.unduck()
  await clock.advance(500)
  void loudness.fadeOut()
  loudness.cancelFade()
  await clock.advance(1_000)
  assert.deepEqual(
    told.filter((level) => level !== 0),
    [],
  )
})

test('steps the player does not take are tried again until the end', async (t) => {
  const made = await room(t)
  void made.loudness.duck(20)
  await made.clock.advance(300)
  made.broken = true
  void made.loudness.unduck()
  await made.clock.advance(200)
  made.broken = false
  await made.clock.advance(100)
  assert.equal(last(made.told), 60)
})

test('after a step that was lost the next word is told even where it seems to be so already', async (t) => {
  const made = await room(t)
  void made.loudness.duck(20)
  await made.clock.advance(300)
  made.broken = true
  void made.loudness.unduck()
  await made.clock.advance(300)
  made.broken = false
  made.loudness.cancelFade()
  assert.equal(last(made.told), 60)
})

test('at the begin of the quiet hours what is too loud sinks softly', async (t) => {
  const made = await room(t, { night }, at(21, 59))
  await watch(made)
  await made.clock.advance(60_000)
  assert.deepEqual([made.loudness.volume, made.changes, made.told], [30, [30], []])
  await made.clock.advance(5_000)
  assert.equal(last(made.told), 30)
  assert.ok(made.told.length > 90, `made.told.length > 90: ${made.told.length}`)
  assertEven([60, ...made.told])
})

test('what is not too loud stays as it is at night', async (t) => {
  const made = await room(t, { night }, at(21, 59))
  await made.loudness.set(25)
  await watch(made)
  await made.clock.advance(120_000)
  assert.deepEqual([made.loudness.volume, last(made.told)], [25, 25])
})

test('at night no volume is above its limit', async (t) => {
  const made = await room(t, { night, volumeLimit: 80 }, at(23))
  await made.loudness.set(100)
  assert.deepEqual([made.loudness.volume, made.loudness.limit, last(made.told)], [30, 30, 30])
})

test('a night limit above the limit does not raise it', async (t) => {
  const made = await room(t, { night, volumeLimit: 20 }, at(23))
  await made.loudness.set(100)
  assert.equal(made.loudness.volume, 20)
})

test("the day's volume comes back in the morning, but not while something plays", async (t) => {
  const made = await room(t, { night }, at(21, 59))
  await watch(made)
  await made.clock.advance(9 * 3_600_000 + 120_000)
  assert.deepEqual([made.loudness.volume, made.loudness.limit], [30, 100])
  made.isSilent = true
  await made.clock.advance(60_000)
  assert.deepEqual([made.loudness.volume, last(made.told)], [60, 60])
})

test("what begins to play in the morning has the day's volume", async (t) => {
  const made = await room(t, { night }, at(21, 59))
  await watch(made)
  await made.clock.advance(9 * 3_600_000 + 120_000)
  made.loudness.fadeIn()
  assert.deepEqual([made.loudness.volume, last(made.told)], [60, 60])
})

test('a volume set at night is the one that stays', async (t) => {
  const made = await room(t, { night }, at(21, 59))
  await watch(made)
  await made.clock.advance(3_600_000)
  await made.loudness.set(20)
  made.isSilent = true
  await made.clock.advance(12 * 3_600_000)
  assert.equal(made.loudness.volume, 20)
})

test('a wall clock that is set into the night is noticed within a minute, or at the next word', async (t) => {
  const made = await room(t, { night })
  await watch(made)
  made.clock.jumpWallClock(11 * 3_600_000)
  await made.clock.advance(60_000)
  assert.equal(made.loudness.volume, 30)
  const other = await room(t, { night })
  other.clock.jumpWallClock(11 * 3_600_000)
  await other.loudness.set(90)
  assert.equal(other.loudness.volume, 30)
})

test('the begin of the night is met to the millisecond', async (t) => {
  const made = await room(t, { night }, at(21, 59) + 30_500)
  await watch(made)
  await made.clock.advance(29_499)
  assert.equal(made.loudness.volume, 60)
  await made.clock.advance(1)
  assert.equal(made.loudness.volume, 30)
})

test('without a night nothing is watched', async (t) => {
  const { loudness, clock, life } = await room(t)
  const ended = loudness.run(life.signal)
  await setImmediate()
  assert.equal(clock.sleeping, 0)
  life.abort()
  await ended
})

test('a fade does not outlive the agent', async (t) => {
  const { loudness, clock, life } = await room(t)
  const ended = loudness.run(life.signal)
  const fall = loudness.fadeOut(10_000)
  await clock.advance(100)
  assert.equal(clock.sleeping, 1)
  life.abort()
  await within('the end of the fade', Promise.all([ended, fall]))
  assert.equal(clock.sleeping, 0)
})
