import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { test } from 'node:test'
// eslint-disable-next-line no-restricted-imports -- for the AbortError that Node itself throws
import { setTimeout as delay } from 'node:timers/promises'

import { aborted, detach, isCancellation, runTogether, type Task } from '../../../src/lib/async/tasks.ts'

const untilStopped: Task = (signal) => aborted(signal)

test('the first task that fails stops the others, and its error is thrown after they have ended', async () => {
  const ended: string[] = []
  const slow: Task = async (signal) => {
    await aborted(signal)
    await new Promise((resolve) => setImmediate(resolve))
    ended.push('slow')
  }
  const failing: Task = () => Promise.reject(new Error('first'))
  await assert.rejects(runTogether(new AbortController().signal, [slow, failing]), { message: 'first' })
  assert.deepEqual(ended, ['slow'])
})

test('what the others throw while they are stopped does not hide the first error', async () => {
  const rude: Task = async (signal) => {
    await aborted(signal)
    throw new Error('second')
  }
  const failing: Task = async () => {
    await Promise.resolve()
    throw new Error('first')
  }
  await assert.rejects(runTogether(new AbortController().signal, [rude, failing]), { message: 'first' })
})

test('a failure is thrown also when another task then aborts the whole', async () => {
  const whole = new AbortController()
  const ending: Task = async (signal) => {
    await aborted(signal)
    whole.abort()
  }
  const failing: Task = () => Promise.reject(new Error('first'))
  await assert.rejects(runTogether(whole.signal, [ending, failing, untilStopped]), { message: 'first' })
})

test('what a task throws after the abort is not a failure of the whole', async () => {
  const stop = new AbortController()
  const late: Task = async (signal) => {
    await aborted(signal)
    throw new Error('late')
  }
  const running = runTogether(stop.signal, [late, untilStopped])
  stop.abort()
  await assert.doesNotReject(running)
})

test('only what an abort throws is a cancellation', async () => {
  const stop = new AbortController()
  stop.abort()
  assert.equal(isCancellation(stop.signal.reason), true)
  await assert.rejects(delay(1, undefined, { signal: stop.signal }), isCancellation)
  assert.equal(isCancellation(new TypeError('a fault')), false)
  assert.equal(isCancellation(undefined), false)
})

test('an abort from outside ends all tasks and is not an error, even if they throw its reason', async () => {
  const stop = new AbortController()
  const throwing: Task = async (signal) => {
    await aborted(signal)
    signal.throwIfAborted()
  }
  const running = runTogether(stop.signal, [untilStopped, throwing])
  stop.abort(new Error('stop'))
  await assert.doesNotReject(running)
})

test('a signal that has already aborted starts nothing that stays', async () => {
  const ended: number[] = []
  const noting =
    (nth: number): Task =>
    async (signal) => {
      await untilStopped(signal)
      ended.push(nth)
    }
  await runTogether(AbortSignal.abort(), [noting(1), noting(2)])
  assert.deepEqual(ended, [1, 2])
})

test('tasks that end by themselves end the whole when the last has', async () => {
  const done: number[] = []
  await runTogether(
    new AbortController().signal,
    [1, 2, 3].map((n) => async () => {
      await Promise.resolve()
      done.push(n)
    }),
  )
  assert.deepEqual(done, [1, 2, 3])
  await runTogether(new AbortController().signal, [])
})

test('a task that throws before its first wait counts like any other', async () => {
  const sync: Task = () => {
    throw new Error('at once')
  }
  await assert.rejects(runTogether(new AbortController().signal, [untilStopped, sync]), {
    message: 'at once',
  })
})

test('a task that throws nothing in particular still fails the whole', async () => {
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- a library may
  const odd: Task = () => Promise.reject(undefined)
  await assert.rejects(
    runTogether(new AbortController().signal, [untilStopped, odd]),
    (error) => error instanceof Error && !isCancellation(error),
  )
})

test('a signal does not collect listeners from finished runs', async () => {
  const { signal } = new AbortController()
  for (let run = 0; run < 20; run++) await runTogether(signal, [() => Promise.resolve()])
  assert.ok(getEventListeners(signal, 'abort').length <= 1, `getEventListeners(signal, 'abort').length <= 1`)
})

test('a detached job reports its failure, but not a cancellation', async () => {
  const failures: unknown[] = []
  const stop = new AbortController()
  detach(Promise.reject(new Error('lost')), stop.signal, (error) => failures.push(error))
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(failures.length, 1)
  const job = aborted(stop.signal).then(() => stop.signal.throwIfAborted())
  detach(job, stop.signal, (error) => failures.push(error))
  stop.abort()
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(failures.length, 1)
})
