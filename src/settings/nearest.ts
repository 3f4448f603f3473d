/** The one of `known` that `word` is probably a slip of, or undefined when none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  // Two slips, or one in three letters of a long name: enough for a left-out word part, too few for a chance hit.
  const limit = Math.max(2, Math.floor(word.length / 3))
  let best: { readonly name: string; readonly steps: number } | undefined
  for (const name of known) {
    const steps = distance(word.toLowerCase(), name.toLowerCase())
    if (steps <= Math.min(limit, best === undefined ? limit : best.steps - 1)) best = { name, steps }
  }
  return best?.name
}

/** Levenshtein's: how many letters to add, drop or change to make `a` into `b`. */
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
