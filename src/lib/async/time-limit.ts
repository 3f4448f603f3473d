import type { Clock } from '../clock.ts'
import { AppError } from '../errors.ts'

/**
 * Runs `job` under a signal that follows `signal`, and aborts it after `limitMs` with an AppError
 * `net/timeout`.
 *
 * @throws what `job` throws
 */
export async function withTimeLimit<T>(
  clock: Clock,
  limitMs: number,
  signal: AbortSignal,
  job: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController()
  const done = new AbortController()
  clock.sleep(limitMs, AbortSignal.any([signal, done.signal])).then(
    () => late.abort(new AppError('net/timeout', `no answer within ${limitMs / 1000} s`)),
    () => undefined,
  )
  try {
    return await job(AbortSignal.any([signal, late.signal]))
  } finally {
    done.abort()
  }
}

/**
 * The result of `job`, or undefined when it takes longer than `ms`; the job then continues and nobody awaits
 * it.
 */
export async function inTime<T>(clock: Clock, ms: number, job: Promise<T>): Promise<T | undefined> {
  const settled = new AbortController()
  const late = clock.sleep(ms, settled.signal).then(
    () => undefined,
    () => undefined,
  )
  try {
    return await Promise.race([job, late])
  } finally {
    settled.abort()
  }
}
