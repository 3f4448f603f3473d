/** The name in `known` that `word` probably misspells; undefined when none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  // Two typing errors, or one per three letters of a long name: enough for a missing part of a name, too few
  // for a chance match.
  const limit = Math.max(2, Math.floor(word.length / 3))
  let best: { readonly name: string; readonly steps: number } | undefined
  for (const name of known) {
    const steps = distance(word.toLowerCase(), name.toLowerCase())
    if (steps <= Math.min(limit, best === undefined ? limit : best.steps - 1)) best = { name, steps }
  }
  return best?.name
}

/** The Levenshtein distance: how many letters to add, remove or change to turn `a` into `b`. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1]
    for (let j = 0; j < b.length; j++) {
      const change = (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1)
      next.push(Math.min(change, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
