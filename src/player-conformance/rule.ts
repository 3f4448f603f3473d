import type { Bench } from './bench.ts'

/** One duty of docs/player-protocol.md. */
export interface Rule {
  readonly name: string
  /**
   * Tests it. Needs only a program that has sent hello, and no earlier rule.
   *
   * @returns what was seen, as text
   * @throws Broken
   */
  readonly attempt: (bench: Bench) => Promise<string>
}

export function rule(name: string, attempt: Rule['attempt']): Rule {
  return { name, attempt }
}
