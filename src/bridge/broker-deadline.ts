import type { Clock } from '../base/clock.ts'

/**
 * `job`'s value, or undefined when it takes longer than `ms`. MQTT.js leaves promises and callbacks pending for ever
 * when a connection goes at the wrong moment (measured with 5.16), so nothing of it is awaited without this.
 */
export async function within<T>(clock: Clock, ms: number, job: Promise<T>): Promise<T | undefined> {
  const timer = new AbortController()
  const late = clock.sleep(ms, timer.signal).then(
    () => undefined,
    () => undefined,
  )
  try {
    return await Promise.race([job, late])
  } finally {
    timer.abort()
  }
}
