/**
 * At most `longest` characters of a text, and how many more there were. The word that the cut would go through is left
 * out as well: half a secret no longer looks like one, and would pass the mask.
 */
export function shortened(text: string, longest: number): string {
  if (text.length <= longest) return text
  const kept = text.slice(0, longest).replace(/\s\S*$/, '')
  return `${kept} … (${text.length - kept.length} more characters)`
}
