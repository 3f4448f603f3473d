import type { Clock } from '../lib/clock.ts'
import { detach } from '../lib/async/tasks.ts'

/** Home Assistant asks for a random delay, so that not all devices of a house answer at once. */
const leastDelayMs = 1_000
const spreadMs = 4_000

/**
 * Answers Home Assistant's birth message by `republish`, 1-5 s later. It may come twice or retained: the delay also
 * serves to answer once.
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
    // A sleep fails only by being aborted.
    detach(answered, life, () => undefined)
  }
}
