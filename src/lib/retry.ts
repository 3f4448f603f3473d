/**
 * Waits between tries, in milliseconds: 0, 1, 2, 4, 10, 30, 60 s, then 60 s for ever.
 * Source: retry table of Amazon's AVS Device SDK (CBLAuthDelegate), which credits the "Login and Pay with Amazon"
 * integration guide.
 */
const tableMs = [0, 1_000, 2_000, 4_000, 10_000, 30_000, 60_000]
const lastMs = 60_000

/**
 * How long to wait before try number `attempt` (0 = the first retry), in milliseconds, ±50 % at random so that a
 * house full of agents does not knock in step after a power cut.
 *
 * @param random returns [0, 1)
 */
export function backOffMs(attempt: number, random: () => number): number {
  const baseMs = tableMs[attempt] ?? lastMs
  return Math.round(baseMs * (0.5 + random()))
}

const slowestMs = 3_600_000

/**
 * How long to wait where the other side has refused and not failed: 1, 2, 4, … minutes, at most an hour; up to half of
 * it less at random.
 *
 * @param random returns [0, 1)
 */
export function slowBackOffMs(attempt: number, random: () => number): number {
  const baseMs = Math.min(60_000 * 2 ** attempt, slowestMs)
  return Math.round(baseMs * (1 - random() / 2))
}
