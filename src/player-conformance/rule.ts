import type { Bench } from './bench.ts'

/** One duty of docs/player-protocol.md. */
export interface Rule {
  readonly name: string
  /**
   * Tries it. Needs nothing of the rules before it but a program that has said hello.
   *
   * @returns what was seen, in words
   * @throws Broken
   */
  readonly attempt: (bench: Bench) => Promise<string>
}

export function rule(name: string, attempt: Rule['attempt']): Rule {
  return { name, attempt }
}
