import type { Clock } from '../base/clock.ts'

/** Ends `job` by its signal after `limitMs`. */
export async function within<T>(
  limitMs: number,
  clock: Clock,
  signal: AbortSignal,
  job: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController()
  const done = new AbortController()
  clock.sleep(limitMs, AbortSignal.any([signal, done.signal])).then(
    () => late.abort(),
    () => undefined,
  )
  try {
    return await job(AbortSignal.any([signal, late.signal]))
  } finally {
    done.abort()
  }
}
