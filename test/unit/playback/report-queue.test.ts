import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { test, type TestContext } from 'node:test'

import { AppError } from '../../../src/lib/errors.ts'
import { openStoredFile } from '../../../src/lib/storage/stored-file.ts'
import type { PlaybackReport } from '../../../src/amazon-music/api.ts'
import { decodeReports, encodeReports } from '../../../src/playback/resume/stored-forms.ts'
import { ReportQueue } from '../../../src/playback/reports/report-queue.ts'
import { logSink } from '../../support/log-sink.ts'
import { ManualClock } from '../../support/clocks/manual-clock.ts'
import { tempFolder } from '../../support/temp-folder.ts'

const report: PlaybackReport = {
  metricId: 'm1',
  type: 'start',
  atEpochMs: 0,
  initialDelayMs: 0,
  rebufferCount: 0,
  playedMs: 0,
  positionMs: 0,
}

interface Bench {
  readonly clock: ManualClock
  readonly queue: ReportQueue
  /** When each try was made, in milliseconds since the last {@link failWith}. */
  readonly triedAtMs: () => readonly number[]
  /** What the service answers from now on; undefined: it takes reports. */
  readonly failWith: (error: AppError | undefined) => void
  readonly quiet: () => Promise<void>
}

function bench(t: TestContext): Bench {
  const clock = new ManualClock()
  const sink = logSink()
  let failure: AppError | undefined
  let sinceMs = 0
  let tries: number[] = []
  const queue = new ReportQueue({
    api: {
      report() {
        tries.push(clock.monotonicMs() - sinceMs)
        return failure === undefined ? Promise.resolve() : Promise.reject(failure)
      },
    },
    store: openStoredFile({
      folder: tempFolder(t),
      name: 'reports',
      decode: decodeReports,
      encode: encodeReports,
      log: sink.log,
    }),
    clock,
    random: () => 0.5,
    log: sink.log,
  })
  const life = new AbortController()
  const running = queue.run(life.signal)
  t.after(async () => {
    life.abort()
    await running
  })
  return {
    clock,
    queue,
    triedAtMs: () => tries,
    failWith(error) {
      failure = error
      sinceMs = clock.monotonicMs()
      tries = []
    },
    async quiet() {
      for (let turn = 0; turn < 5; turn++) await setImmediate()
    },
  }
}

async function pass({ clock, quiet }: Bench, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 100) {
    await clock.advance(100)
    await quiet()
  }
}

test('after a success the next outage is tried again as soon as the first was', async (t) => {
  const stage = bench(t)
  await stage.quiet()
  const outage = async (): Promise<readonly number[]> => {
    stage.failWith(new AppError('music/unavailable', 'out of order'))
    stage.queue.add(report)
    await stage.quiet()
    await pass(stage, 8_000)
    const tries = [...stage.triedAtMs()]
    stage.failWith(undefined)
    await pass(stage, 60_000)
    assert.equal(stage.queue.waiting, 0)
    return tries
  }
  const first = await outage()
  assert.deepEqual(
    first.map((ms) => Math.round(ms / 1_000)),
    [0, 0, 1, 3, 7],
  )
  assert.deepEqual(await outage(), first)
})

test('who says when to come again is not asked before', async (t) => {
  const stage = bench(t)
  await stage.quiet()
  stage.failWith(new AppError('music/throttled', 'too many', { retryAfterMs: 90_000 }))
  stage.queue.add(report)
  await stage.quiet()
  await pass(stage, 89_900)
  assert.deepEqual(stage.triedAtMs(), [0])
  await pass(stage, 200)
  assert.deepEqual(stage.triedAtMs(), [0, 90_000])
})

test('what an account has left to report is given up at once, on the disk and under way', async (t) => {
  const stage = bench(t)
  await stage.quiet()
  stage.failWith(new AppError('music/unavailable', 'out of order'))
  stage.queue.add(report)
  await stage.quiet()
  stage.queue.discard()
  assert.equal(stage.queue.waiting, 0)
  stage.failWith(undefined)
  await pass(stage, 120_000)
  assert.deepEqual(stage.triedAtMs(), [])
  stage.queue.add({ ...report, metricId: 'm2' })
  await stage.quiet()
  assert.deepEqual(stage.triedAtMs().length, 1)
  assert.equal(stage.queue.isStarted('m2'), true)
  stage.queue.discard()
  assert.equal(stage.queue.isStarted('m2'), false)
})

test('a start that finds no free stream is held only while it is the last report; before its stop it is given up', async (t) => {
  const stage = bench(t)
  const refused: string[] = []
  stage.queue.onStreamRefused = (error) => refused.push(error.code)
  await stage.quiet()
  stage.failWith(new AppError('music/max-concurrency', 'another device streams'))
  stage.queue.add(report)
  await stage.quiet()
  assert.deepEqual([stage.queue.waiting, refused], [1, ['music/max-concurrency']])
  stage.queue.add({ ...report, type: 'stop' })
  await pass(stage, 60_000)
  assert.deepEqual([stage.queue.waiting, refused], [0, ['music/max-concurrency']])
  assert.ok(stage.triedAtMs().length < 6, stage.triedAtMs().join())
})
