import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AppError } from '../../../src/lib/errors.ts'
import type { Say } from '../../../src/diagnostics/finding.ts'
import { runProbes } from '../../../src/diagnostics/run-probes.ts'
import { ManualClock } from '../../support/clocks/manual-clock.ts'

const never = new AbortController().signal
const ok = (say: Say, words: string): void => say({ mark: 'ok', name: 'x', words })

test('each probe has its section, in order, whatever becomes of it', async () => {
  const clock = new ManualClock()
  let late: Say | undefined
  let isTold = false
  const sections = runProbes(
    [
      {
        title: 'hangs',
        limitMs: 5_000,
        run(say, signal) {
          ok(say, 'before')
          late = say
          signal.addEventListener('abort', () => (isTold = true))
          return new Promise(() => undefined)
        },
      },
      {
        title: 'throws',
        limitMs: 5_000,
        run() {
          throw new AppError('net/failed', 'broke')
        },
      },
      { title: 'works', limitMs: 5_000, run: (say) => ok(say, 'fine') },
    ],
    clock,
    never,
  )
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(clock.sleeping, 1, 'what has ended has no timer any more')
  await clock.advance(5_000)
  const done = await sections
  assert.ok(isTold, 'what hangs is told to end')
  if (late !== undefined) ok(late, 'after')
  assert.deepEqual(
    done.map(({ title, findings }) => [title, ...findings.map(({ mark, words }) => `${mark} ${words}`)]),
    [
      ['hangs', 'ok before', 'warn did not end within 5 s'],
      ['throws', 'warn could not be looked at: broke (net/failed)'],
      ['works', 'ok fine'],
    ],
  )
  assert.equal(clock.sleeping, 0, 'and no timer is left')
})

test('being stopped ends all of them', async () => {
  const stop = new AbortController()
  const clock = new ManualClock()
  const run = (): Promise<void> => new Promise(() => undefined)
  const sections = runProbes([{ title: 'x', limitMs: 5_000, run }], clock, stop.signal)
  const reason = new Error('enough')
  stop.abort(reason)
  await assert.rejects(sections, reason)
})
