import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AppError } from '../../../src/lib/errors.ts'
import { SaveRetry } from '../../../src/lib/storage/save-retry.ts'
import { logSink } from '../../support/log-sink.ts'
import { ManualClock } from '../../support/clocks/manual-clock.ts'

test('of two files that cannot be saved both must be on the disk before it is well, and each is said once', async () => {
  const clock = new ManualClock()
  const sink = logSink()
  const told: (string | undefined)[] = []
  const tried: string[] = []
  const troubles = new SaveRetry({
    clock,
    log: sink.log,
    onChange: (problem) => told.push(problem?.message),
  })
  const fail = (file: string): void =>
    troubles.failed(file, new AppError('state/unwritable', file), () => tried.push(file))
  fail('one')
  fail('two')
  troubles.saved('one')
  assert.equal(troubles.problem?.message, 'two')
  assert.deepEqual(told, ['one'])

  const life = new AbortController()
  const run = troubles.run(life.signal)
  await clock.advance(60_000)
  await clock.advance(60_000)
  assert.deepEqual(tried, ['two', 'two'])
  troubles.saved('two')
  assert.equal(troubles.problem, undefined)
  assert.deepEqual(told, ['one', undefined])
  life.abort(new Error('over'))
  await assert.rejects(run, { message: 'over' })
  assert.equal(sink.lines().length, 2)
})
