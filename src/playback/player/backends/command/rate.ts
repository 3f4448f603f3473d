import type { Clock } from '../../../../lib/clock.ts'

/** Tells for each call whether it is still one of the first `most` of its second. */
export function createRate(most: number, clock: Clock): () => boolean {
  let secondBeganMs = -Infinity
  let count = 0
  return () => {
    const nowMs = clock.monotonicMs()
    if (nowMs - secondBeganMs >= 1_000) {
      secondBeganMs = nowMs
      count = 0
    }
    return ++count <= most
  }
}
