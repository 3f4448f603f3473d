/**
 * What mpv or a library of its said, fit for the log: plain words, short numbers and their punctuation. All else is
 * left out, for an address, a query or a header may be any of it; so is what a server says beside its status.
 */
export function plainWords(text: string): string {
  return text
    .replace(/(HTTP error \d{3}).*/s, '$1')
    .trim()
    .split(/\s+/)
    .slice(0, 40)
    .map((word) => (/^[("']?([a-z]{1,20}(n't)?|\d{1,6})[)"']?[.,:;!]?$/i.test(word) ? word : '…'))
    .join(' ')
}
