/** A broken rule: what it expects and what was seen instead, as text. */
export class Broken extends Error {
  constructor(expected: string, seen: string) {
    super(`expected ${expected}; seen: ${seen}`)
  }
}
