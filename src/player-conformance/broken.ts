/** A rule that is broken: what it asks for and what was seen instead, in words. */
export class Broken extends Error {
  constructor(expected: string, seen: string) {
    super(`expected ${expected}; seen: ${seen}`)
  }
}
