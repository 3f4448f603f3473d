import type { Clock } from '../../lib/clock.ts'
import { inTime } from '../../lib/async/in-time.ts'

const patienceMs = 1_500

/**
 * How long who gave a command to a player waits for it: what `job` comes to, or undefined after a second and a half.
 * What was not done by then is still wished, and done when it can be.
 */
export function withAnswerTimeout<T>(clock: Clock, job: Promise<T>): Promise<T | undefined> {
  return inTime(clock, patienceMs, job)
}
