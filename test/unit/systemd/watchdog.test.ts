import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'

import { Liveness, type Heartbeat } from '../../../src/lib/liveness.ts'
import { runWatchdog, watchdogTimeoutMs } from '../../../src/systemd/watchdog.ts'
import { logSink, type LogSink } from '../../support/log-sink.ts'
import { SuspendingClock } from '../../support/clocks/suspending-clock.ts'

interface Stage {
  readonly clock: SuspendingClock
  readonly presence: Heartbeat
  /** When it was fed, in milliseconds from the start. */
  readonly fedAtMs: readonly number[]
  readonly sink: LogSink
  /** The loop answers from now on, or does not. */
  answers: boolean
  /** Moves on by so many seconds, with room for what the watchdog does in between. */
  pass(seconds: number): Promise<void>
}

function start(t: TestContext): Stage {
  const clock = new SuspendingClock()
  const roll = new Liveness()
  const sink = logSink()
  const fedAtMs: number[] = []
  const startMs = clock.monotonicMs()
  const presence = roll.join('loop', () => {
    if (stage.answers) presence.beat()
  })
  const stage: Stage = {
    clock,
    presence,
    fedAtMs,
    sink,
    answers: true,
    async pass(seconds) {
      for (let passed = 0; passed < seconds; passed += 0.25) {
        await clock.advance(250)
        for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
      }
    },
  }
  const stop = new AbortController()
  const keepAlive = (): void => void fedAtMs.push(clock.monotonicMs() - startMs)
  const ended = runWatchdog(
    { timeoutMs: 60_000, liveness: roll, clock, log: sink.log, keepAlive },
    stop.signal,
  )
  t.after(async () => {
    stop.abort(new Error('over'))
    await assert.rejects(ended, /over/)
  })
  return stage
}

test('it is fed at half of the patience', async (t) => {
  const stage = start(t)
  await stage.pass(121)
  assert.deepEqual(stage.fedAtMs, [30_000, 60_000, 90_000, 120_000])
  assert.equal(stage.sink.text(), '')
})

test('a loop that does not answer is named once, and nothing is fed until the kill would come', async (t) => {
  const stage = start(t)
  await stage.pass(31)
  stage.answers = false
  await stage.pass(120)
  assert.deepEqual(stage.fedAtMs, [30_000])
  const [line, ...more] = stage.sink.lines()
  assert.equal(line?.['level'], 'error')
  assert.equal(line['code'], 'service/stuck')
  assert.equal(line['error'], 'No answer from: loop')
  assert.deepEqual(more, [])
})

test('a loop that comes back in time saves the agent', async (t) => {
  const stage = start(t)
  await stage.pass(31)
  stage.answers = false
  await stage.pass(40)
  stage.answers = true
  await stage.pass(5)
  const [first = 0, second = Infinity] = stage.fedAtMs
  assert.ok(second < first + 60_000, 'before the kill')
  assert.deepEqual(
    stage.sink.lines().map((line) => line['level']),
    ['error', 'info'],
  )
  await stage.pass(31)
  assert.equal((stage.fedAtMs[2] ?? 0) - second, 30_000, 'as usual again')
})

test('a wait with a limit is missed at the first round after its end, and not before', async (t) => {
  const stage = start(t)
  stage.answers = false
  // With the room of 10 s: the round in which it began is free, the second spends 30 s, the third 30 s more.
  stage.presence.beat(40_000)
  await stage.pass(89)
  assert.deepEqual([stage.fedAtMs, stage.sink.text()], [[30_000, 60_000], ''])
  await stage.pass(2)
  assert.equal(stage.sink.lines()[0]?.['code'], 'service/stuck')
  assert.deepEqual(stage.fedAtMs, [30_000, 60_000])
})

test('a night of suspend uses up no limit', async (t) => {
  const stage = start(t)
  stage.answers = false
  stage.presence.beat(100_000)
  await stage.pass(30)
  stage.clock.suspend(8 * 3_600_000)
  await stage.pass(31)
  assert.equal(stage.sink.text(), '')
  assert.equal(stage.fedAtMs.length, 2)
})

test("systemd's patience is read in microseconds, and only when it is meant for this process", () => {
  assert.equal(watchdogTimeoutMs({ WATCHDOG_USEC: '60000000' }, 7), 60_000)
  assert.equal(watchdogTimeoutMs({ WATCHDOG_USEC: '60000000', WATCHDOG_PID: '7' }, 7), 60_000)
  assert.equal(watchdogTimeoutMs({ WATCHDOG_USEC: '60000000', WATCHDOG_PID: '8' }, 7), undefined)
  assert.equal(watchdogTimeoutMs({}, 7), undefined)
  for (const odd of ['', '0', '-1', 'soon', '1.5', '1e99']) {
    assert.equal(watchdogTimeoutMs({ WATCHDOG_USEC: odd }, 7), undefined, odd)
  }
})
