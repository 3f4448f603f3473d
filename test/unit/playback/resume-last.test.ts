import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Entity } from '../../../src/amazon-music/entity.ts'
import { resumeLast } from '../../../src/playback/resume/resume.ts'
import { logSink } from '../../support/log-sink.ts'
import { ManualClock } from '../../support/clocks/manual-clock.ts'

const entity = (referenceId: string, id: string | undefined): Entity => ({
  referenceId,
  sessionId: 's',
  id,
  kind: 'track',
  title: undefined,
  artist: undefined,
  album: undefined,
  durationMs: undefined,
  imageUrl: undefined,
  metricId: undefined,
  actions: {},
  stream: undefined,
})

/** What a restored queue of `entities` is opened with, after a life that ended at 42 s of r2, which is B. */
async function opened(entities: readonly Entity[], { hasId = true, isQuiet = false } = {}): Promise<unknown> {
  const calls: unknown[] = []
  await resumeLast(
    {
      last: { intent: 'playing', entityId: hasId ? 'B' : undefined, referenceId: 'r2', positionMs: 42_000 },
      policy: 'playing',
      isQuiet: () => isQuiet,
      restore: () => Promise.resolve({ window: { sessionId: 's', entities }, request: undefined }),
      open(_opened, from, positionMs, paused) {
        calls.push([from.referenceId, positionMs, paused])
        return Promise.resolve()
      },
      clock: new ManualClock(),
      random: () => 0.5,
      log: logSink().log,
    },
    new AbortController().signal,
  )
  return calls
}

test('the entry that played goes on where it was, found by its reference or, dealt anew, by its catalog id', async () => {
  const by = { reference: entity('r2', undefined), id: entity('n2', 'B') }
  assert.deepEqual(await opened([entity('r1', 'A'), by.reference]), [['r2', 42_000, false]])
  assert.deepEqual(await opened([entity('n1', 'A'), by.id]), [['n2', 42_000, false]])
  // The reference is the surer one: the same track may stand in a queue twice.
  assert.deepEqual(await opened([by.id, by.reference]), [['r2', 42_000, false]])
})

test('an entry that is gone is not gone on with: the queue begins at its first entry, from the start', async () => {
  assert.deepEqual(await opened([entity('r7', 'G'), entity('r8', 'H')]), [['r7', 0, false]])
})

test('entries without a catalog id are not taken for each other', async () => {
  assert.deepEqual(await opened([entity('r7', undefined)], { hasId: false }), [['r7', 0, false]])
})

test('an empty queue opens nothing', async () => {
  assert.deepEqual(await opened([]), [])
})

test('during the quiet hours it is made ready, and not played', async () => {
  assert.deepEqual(await opened([entity('r2', 'B')], { isQuiet: true }), [['r2', 42_000, true]])
})
