/**
 * The first `longest` characters of a text and the number of characters cut. Also drops the word that the cut
 * would split: half a secret would not be recognised as one and so not be masked.
 */
export function shortened(text: string, longest: number): string {
  if (text.length <= longest) return text
  const kept = text.slice(0, longest).replace(/\s\S*$/, '')
  return `${kept} … (${text.length - kept.length} more characters)`
}
