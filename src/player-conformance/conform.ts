import { Bench, type BenchOptions } from './bench.ts'
import { Broken } from './broken.ts'
import type { Rule } from './rule.ts'
import { rulesOfEnding } from './rules-of-ending.ts'
import { rulesOfFollowing } from './rules-of-following.ts'
import { rulesOfPlaying } from './rules-of-playing.ts'
import { rulesOfStreams } from './rules-of-streams.ts'
import { rulesOfTalk } from './rules-of-talk.ts'
import { startTestStreams } from './test-streams.ts'

/** The result of one rule. */
export interface Verdict {
  readonly number: number
  readonly name: string
  readonly isKept: boolean
  readonly words: string
}

/** No rule starts after that. A player that keeps all rules needs little more than half of it. */
const longestMs = 50_000

const rules: readonly Rule[] = [
  ...rulesOfTalk,
  ...rulesOfPlaying,
  ...rulesOfFollowing,
  ...rulesOfStreams,
  ...rulesOfEnding,
]

/**
 * Tests a program against every duty of docs/player-protocol.md. Stops early when the program sends no hello,
 * or when the time is over. All that it started has ended when this returns.
 *
 * @returns whether every rule was tested
 */
export async function conform(
  options: Omit<BenchOptions, 'streams'>,
  onVerdict: (verdict: Verdict) => void,
  signal: AbortSignal,
): Promise<boolean> {
  await using streams = await startTestStreams()
  const bench = new Bench({ ...options, streams })
  const beganMs = options.clock.monotonicMs()
  try {
    for (const [index, { name, attempt }] of rules.entries()) {
      signal.throwIfAborted()
      if (options.clock.monotonicMs() - beganMs > longestMs) return false
      const verdict = { number: index + 1, name }
      let isBegun = false
      try {
        await bench.begin()
        isBegun = true
        onVerdict({ ...verdict, isKept: true, words: await attempt(bench) })
      } catch (error) {
        if (!(error instanceof Broken)) throw error
        bench.clear()
        onVerdict({ ...verdict, isKept: false, words: error.message })
        if (!isBegun) return false
      }
    }
    return true
  } finally {
    await bench.end()
  }
}
