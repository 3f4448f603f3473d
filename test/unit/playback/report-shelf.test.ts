import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'

import { openStoredFile } from '../../../src/lib/storage/stored-file.ts'
import type { PlaybackReport } from '../../../src/amazon-music/api.ts'
import { decodeReports, encodeReports } from '../../../src/playback/resume/stored-forms.ts'
import { ReportStore } from '../../../src/playback/reports/report-store.ts'
import { logSink } from '../../support/log-sink.ts'
import { tempFolder } from '../../support/temp-folder.ts'

const report = (type: 'start' | 'stop', metricId: string): PlaybackReport => ({
  metricId,
  type,
  atEpochMs: 0,
  initialDelayMs: 0,
  rebufferCount: 0,
  playedMs: 0,
  positionMs: 0,
})

function shelves(t: TestContext): () => ReportStore {
  const folder = tempFolder(t)
  const { log } = logSink()
  return () =>
    new ReportStore(
      openStoredFile({ folder, name: 'reports', decode: decodeReports, encode: encodeReports, log }),
      log,
    )
}

const words = (shelf: ReportStore): readonly string[] =>
  shelf.reports.map(({ type, metricId }) => `${type} ${metricId}`)

test('a start that an earlier life left as the last gets its stop; a stop that was left gets nothing', (t) => {
  const open = shelves(t)
  const first = open()
  first.add(report('start', 'a'))
  first.save()
  const second = open()
  assert.deepEqual(words(second), ['start a', 'stop a'])
  assert.equal(second.reports[1]?.terminationReason, 'systemStop')
  second.save()
  assert.deepEqual(words(open()), ['start a', 'stop a'])
})

test('the stop of an earlier life goes first, also where its start waits, and only once', (t) => {
  const shelf = shelves(t)()
  shelf.add(report('start', 'a'))
  shelf.add(report('stop', 'b'))
  shelf.addFirst(report('stop', 'a'))
  assert.deepEqual(words(shelf), ['stop a', 'start a', 'stop b'])
  shelf.addFirst(report('stop', 'b'))
  assert.deepEqual(words(shelf), ['stop a', 'start a', 'stop b'])
})

test('with a start that is given up goes its own stop, and nothing else', (t) => {
  const shelf = shelves(t)()
  for (const [type, id] of [
    ['start', 'a'],
    ['stop', 'a'],
    ['start', 'b'],
    ['stop', 'c'],
    ['stop', 'c'],
  ] as const) {
    shelf.add(report(type, id))
  }
  const give = (index: number): void => shelf.giveUp(shelf.reports[index] ?? assert.fail())
  give(0)
  assert.deepEqual(words(shelf), ['start b', 'stop c', 'stop c'])
  give(0)
  assert.deepEqual(words(shelf), ['stop c', 'stop c'])
  give(0)
  assert.deepEqual(words(shelf), ['stop c'])
})

test('what is cleared is gone from the disk too', (t) => {
  const open = shelves(t)
  const shelf = open()
  shelf.add(report('stop', 'a'))
  shelf.save()
  shelf.clear()
  assert.deepEqual([words(shelf), words(open())], [[], []])
})
