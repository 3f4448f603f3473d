import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { test, type TestContext } from 'node:test'

import { AppError } from '../../../src/lib/errors.ts'
import { VolumeControl } from '../../../src/playback/player/volume.ts'
import type { PlaybackState } from '../../../src/playback/playback-state.ts'
import { SleepTimer, type SleepTimerEvent } from '../../../src/playback/sleep-timer.ts'
import { logSink } from '../../support/log-sink.ts'
import { ManualClock } from '../../support/clocks/manual-clock.ts'

const minuteMs = 60_000

/** Music at volume 60, with the real loudness over it. */
class Room {
  readonly clock = new ManualClock(Date.UTC(2026, 10, 22, 21))
  readonly levels: number[] = []
  readonly events: SleepTimerEvent[] = []
  readonly shown: (number | undefined)[] = []
  /** The level at which it was paused. */
  readonly pausedAt: (number | undefined)[] = []
  readonly music: { state: { phase: PlaybackState['phase'] }; pause: () => Promise<void> } = {
    state: { phase: 'playing' },
    pause: () => {
      this.pausedAt.push(this.level)
      this.music.state.phase = 'paused'
      return Promise.resolve()
    },
  }
  readonly loudness = new VolumeControl({
    apply: (percent) => {
      this.levels.push(percent)
      return Promise.resolve()
    },
    clock: this.clock,
    volumeLimit: 100,
    night: undefined,
    fadeInMs: 1_000,
    fadeOutMs: 0,
    log: logSink().log,
    isSilent: () => false,
    onChange: () => undefined,
  })
  readonly timer = new SleepTimer({
    music: this.music,
    volumeControl: this.loudness,
    clock: this.clock,
    log: logSink().log,
    onChange: () => this.shown.push(this.timer.endsAtEpochMs),
    onEvent: (event) => this.events.push(event),
  })

  get level(): number | undefined {
    return this.levels.at(-1)
  }
}

async function room(t: TestContext): Promise<Room> {
  const made = new Room()
  await made.loudness.set(60)
  t.after(async () => {
    const life = new AbortController()
    const ended = made.timer.run(life.signal)
    life.abort()
    await ended
    await setImmediate()
    assert.equal(made.clock.sleeping, 0, 'a timer is left')
  })
  return made
}

const over = (paused: boolean): SleepTimerEvent => ({
  type: 'sleep_ended',
  facts: { outcome: 'over', paused },
})

test('at its end the music fades out, is paused, and would go on at its old volume', async (t) => {
  const made = await room(t)
  made.timer.set(30 * minuteMs, 20_000)
  assert.deepEqual(made.shown, [Date.UTC(2026, 10, 22, 21, 30)])
  assert.deepEqual(made.events, [
    { type: 'sleep_set', facts: { sleep_at: '2026-11-22T21:30:00.000Z', minutes: 30 } },
  ])
  await made.clock.advance(30 * minuteMs)
  assert.deepEqual(made.pausedAt, [])
  await made.clock.advance(10_000)
  assert.ok(Math.abs((made.level ?? 0) - 30) < 1, 'Math.abs((made.level ?? 0) - 30) < 1')
  assert.equal(made.loudness.volume, 60)
  await made.clock.advance(10_000)
  await setImmediate()
  assert.deepEqual(made.pausedAt, [0])
  assert.equal(made.level, 60)
  assert.deepEqual(made.events.slice(1), [over(true)])
  assert.equal(made.shown.at(-1), undefined)
})

for (const phase of ['paused', 'idle'] as const) {
  test(`nothing happens at its end to music that is ${phase}`, async (t) => {
    const made = await room(t)
    made.music.state.phase = phase
    made.timer.set(minuteMs, 20_000)
    await made.clock.advance(2 * minuteMs)
    assert.deepEqual([made.pausedAt, made.levels], [[], [60]])
    assert.deepEqual(made.events.slice(1), [over(false)])
  })
}

test('a new one takes the place of the old', async (t) => {
  const made = await room(t)
  made.timer.set(10 * minuteMs, 1_000)
  await made.clock.advance(9 * minuteMs)
  made.timer.set(10 * minuteMs, 1_000)
  await made.clock.advance(9 * minuteMs)
  assert.deepEqual(
    made.events.map(({ type }) => type),
    ['sleep_set', 'sleep_set'],
  )
  await made.clock.advance(minuteMs + 1_000)
  await setImmediate()
  assert.deepEqual(made.pausedAt, [0])
  assert.equal(made.events.length, 3)
})

test('it can be cancelled', async (t) => {
  const made = await room(t)
  made.timer.set(minuteMs, 1_000)
  made.timer.cancel()
  made.timer.cancel()
  await made.clock.advance(5 * minuteMs)
  assert.deepEqual(made.pausedAt, [])
  assert.deepEqual(made.events.slice(1), [
    { type: 'sleep_ended', facts: { outcome: 'cancelled', paused: false } },
  ])
  assert.deepEqual(made.shown.slice(1), [undefined])
})

test('cancelled or set anew while the music fades, it is at its level again at once', async (t) => {
  const made = await room(t)
  for (const end of [() => made.timer.cancel(), () => made.timer.set(60 * minuteMs, 1_000)]) {
    made.timer.set(minuteMs, 20_000)
    await made.clock.advance(minuteMs + 10_000)
    assert.ok((made.level ?? 60) < 40, `(made.level ?? 60) < 40: ${made.level ?? 60}`)
    end()
    assert.equal(made.level, 60)
    await made.clock.advance(minuteMs)
  }
  assert.deepEqual([made.pausedAt, made.level], [[], 60])
})

test('set and cancelled it leaves another fade alone', async (t) => {
  const made = await room(t)
  made.loudness.fadeIn()
  await made.clock.advance(500)
  made.timer.set(minuteMs, 1_000)
  made.timer.cancel()
  assert.ok((made.level ?? 60) < 40, `(made.level ?? 60) < 40: ${made.level ?? 60}`)
  await made.clock.advance(500)
  assert.equal(made.level, 60)
})

test('cancelled while the music is being paused, it makes no sound before that', async (t) => {
  const made = await room(t)
  let done = (): void => undefined
  made.music.pause = () => new Promise((resolve) => (done = resolve))
  made.timer.set(minuteMs, 1_000)
  await made.clock.advance(minuteMs + 1_000)
  await setImmediate()
  made.timer.cancel()
  assert.equal(made.level, 0)
  done()
  await setImmediate()
  assert.equal(made.level, 60)
})

test('music that cannot be paused any more is at its level again', async (t) => {
  const made = await room(t)
  made.music.pause = () => Promise.reject(new AppError('playback/nothing', 'Nothing is playing'))
  made.timer.set(minuteMs, 1_000)
  await made.clock.advance(2 * minuteMs)
  await setImmediate()
  assert.equal(made.level, 60)
  assert.deepEqual(made.events.slice(1), [over(false)])
})

test('a wall clock that is set does not move its end', async (t) => {
  const made = await room(t)
  made.timer.set(10 * minuteMs, 0)
  made.clock.jumpWallClock(3_600_000)
  await made.clock.advance(10 * minuteMs - 1)
  assert.deepEqual(made.pausedAt, [])
  await made.clock.advance(1)
  await setImmediate()
  assert.deepEqual(made.pausedAt, [0])
})
