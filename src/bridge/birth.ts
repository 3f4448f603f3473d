import type { Clock } from '../lib/clock.ts'
import { detach } from '../lib/async/tasks.ts'

/** Home Assistant asks for a random delay, so that the devices of a home do not all answer at once. */
const leastDelayMs = 1_000
const spreadMs = 4_000

/**
 * Calls `republish` 1-5 s after Home Assistant's birth message. The message may come twice or retained:
 * during the delay further ones are ignored.
 */
export function createBirthWatch(
  clock: Clock,
  random: () => number,
  republish: () => void,
): (payload: Buffer, life: AbortSignal) => void {
  let answering = false
  return (payload, life) => {
    if (answering || payload.toString('utf8') !== 'online') return
    answering = true
    const answered = clock.sleep(leastDelayMs + random() * spreadMs, life).then(() => {
      answering = false
      republish()
    })
    // The sleep rejects only when aborted.
    detach(answered, life, () => undefined)
  }
}
