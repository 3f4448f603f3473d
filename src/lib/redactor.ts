const removed = '[secret]'

/** A shorter one would take ordinary words out of the page, and so tell what it is. */
const shortestKnown = 6

/** What is called a secret, as the end of a name. */
const secretName =
  '[\\w-]*(?:pass(?:word|wd|phrase)?|secret|token|api[_-]?key|user[_-]?code|device[_-]?code|cbl-code|credential)s?'
/** Between a name and its value, in JSON too, and in JSON within a text of JSON. */
const becomes = '["\'\\\\]*\\s*[=:]\\s*'
const scheme = '\\b([a-z][a-z0-9+.-]*:\\/\\/)'

/** In the order in which they are tried. */
const forms: readonly (readonly [RegExp, string])[] = [
  // Login with Amazon's tokens and client secrets, JSON web tokens, headers with any of them.
  [/\bAt[a-z]{2,3}\|\S+/g, removed],
  [/\bamzn1\.oa2-cs\.[\w.-]+/g, removed],
  [/\b(Bearer|Basic)\s+[^\s"',]{6,}/gi, `$1 ${removed}`],
  [/\beyJ[\w-]{6,}\.[\w.-]+/g, removed],
  // Ids by their last six characters.
  [/\bamzn1\.((?:[\w-]+\.)+)[\w-]*?([\w-]{6})(?!\.?[\w-])/g, 'amzn1.$1…$2'],
  // user:password@ of any address, whose password may hold an "@" and, where somebody forgot to encode it, a "/".
  [new RegExp(`${scheme}[^/\\s"']*@`, 'gi'), '$1[user]@'],
  [new RegExp(`${scheme}[^/\\s:"'@[]+:(?!\\d+[/?#])[^\\s"'@]*@`, 'gi'), '$1[user]@'],
  // What an address carries behind its "?", where codes and access rights stand; also of one without its host.
  [new RegExp(`${scheme}([^\\s?#"']+)\\?[^\\s"']+`, 'gi'), '$1$2?[…]'],
  [/(?<=[\w/.])\?[\w.%~-]+=[^\s"']+/g, '?[…]'],
  // The code beside the address that it is typed at.
  [/(\/code\/?)\s+[A-Z0-9]{4,10}\b/g, `$1 ${removed}`],
  // name=value, name="a value of words", "name": "value", --name value.
  [new RegExp(`\\b(${secretName}${becomes})(\\\\?["'])(?:(?!\\2).)+\\2`, 'gi'), `$1$2${removed}$2`],
  [new RegExp(`\\b(${secretName}${becomes}["'\\\\]*)[^\\s"',;\\\\]{3,}`, 'gi'), `$1${removed}`],
  [new RegExp(`(--(?:${secretName}|[\\w-]*key))\\s+(?!-)(?:"[^"]*"|'[^']*'|\\S+)`, 'gi'), `$1 ${removed}`],
  // No word that people write is as long: keys, tokens, digests. A host's first label may be.
  [/(?<!\w)(?=[\w+=-]*\d)[\w+=-]{32,}(?![\w+=-]|\.[a-z])/g, removed],
]

/**
 * Takes out of a text what nobody else may read. The agent's own words never hold it; what other programs and servers
 * say might.
 *
 * @param known values that are secret here, such as the broker's password
 */
export function createRedactor(known: readonly string[]): (text: string) => string {
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
