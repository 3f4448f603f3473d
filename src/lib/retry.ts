/**
 * Waits between tries, in milliseconds: 0, 1, 2, 4, 10, 30, 60 s, then 60 s for ever.
 * Source: retry table of Amazon's AVS Device SDK (CBLAuthDelegate), which credits the "Login and Pay with Amazon"
 * integration guide.
 */
const tableMs = [0, 1_000, 2_000, 4_000, 10_000, 30_000, 60_000]
const lastMs = 60_000

/**
 * The wait before try number `attempt` (0 = the first retry), in milliseconds, ±50 % at random so that the
 * agents of a house do not retry in step after a power cut.
 *
 * @param random returns [0, 1)
 */
export function backOffMs(attempt: number, random: () => number): number {
  const baseMs = tableMs[attempt] ?? lastMs
  return Math.round(baseMs * (0.5 + random()))
}

const slowestMs = 3_600_000

/**
 * The wait after the other side refused, rather than failed: 1, 2, 4, … minutes, at most one hour, minus up
 * to half of it at random. In milliseconds.
 *
 * @param random returns [0, 1)
 */
export function slowBackOffMs(attempt: number, random: () => number): number {
  const baseMs = Math.min(60_000 * 2 ** attempt, slowestMs)
  return Math.round(baseMs * (1 - random() / 2))
}
