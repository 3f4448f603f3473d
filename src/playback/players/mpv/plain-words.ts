/**
 * What mpv or a library of its said, fit for the log: words, short numbers and their punctuation. All else is left out,
 * for an address, a query or a header may be any of it.
 */
export function plainWords(text: string): string {
  return text
    .trim()
    .split(/\s+/)
    .slice(0, 40)
    .map((word) => (/^[\w.,:;()'"!+-]{1,24}$/.test(word) ? word : '…'))
    .join(' ')
}
