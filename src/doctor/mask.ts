const removed = '[secret]'

/** A shorter one would take ordinary words out of the page, and so tell what it is. */
const shortestKnown = 6

/** In the order in which they are tried. */
const forms: readonly (readonly [RegExp, string])[] = [
  // Login with Amazon's tokens, JSON web tokens, headers with either.
  [/\bAt[a-z]{2,3}\|\S+/g, removed],
  [/\b(Bearer|Basic)\s+[^\s"',]{6,}/gi, `$1 ${removed}`],
  [/\beyJ[\w-]{6,}\.[\w.-]+/g, removed],
  // Ids by their last six characters.
  [/\bamzn1\.((?:[\w-]+\.)+)[\w-]*?([\w-]{6})(?!\.?[\w-])/g, 'amzn1.$1…$2'],
  // user:password@ of any address.
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^/\s@]*@/gi, '$1[user]@'],
  // What an address carries behind its "?", where codes and access rights stand.
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s?#"']+)\?[^\s"']+/gi, '$1?[…]'],
  // name=value and "name": "value" of what is called a secret.
  [
    /\b((?:[\w-]*(?:pass(?:word|wd|phrase)?|secret|token|api[_-]?key|user[_-]?code|device[_-]?code|credential)s?)["']?\s*[=:]\s*["']?)[^\s"',;]{3,}/gi,
    `$1${removed}`,
  ],
  // No word that people write is as long: keys, tokens, digests. A host's first label may be.
  [/(?<!\w)(?=[\w+=-]*\d)[\w+=-]{32,}(?![\w+=-]|\.[a-z])/g, removed],
]

/**
 * Takes out of a text what nobody else may read. The agent's own words never hold it; what other programs and servers
 * say might.
 *
 * @param known values that are secret here, such as the broker's password
 */
export function createMask(known: readonly string[]): (text: string) => string {
  const spelled = known
    .flatMap((value) => [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)])
    .filter((value) => value.length >= shortestKnown)
    // A longer one may hold a shorter one.
    .sort((one, other) => other.length - one.length)
  return (text) => {
    let masked = text
    for (const value of new Set(spelled)) masked = masked.replaceAll(value, removed)
    for (const [form, kept] of forms) masked = masked.replace(form, kept)
    return masked
  }
}
