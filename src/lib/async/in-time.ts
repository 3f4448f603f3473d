import type { Clock } from '../clock.ts'

/** What `job` comes to, or undefined if that takes longer than `ms`: the job goes on, and nobody waits for it. */
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
