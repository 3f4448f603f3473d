const removed = '[secret]'

/** A shorter value would remove ordinary words from the text, and so reveal what it is. */
const shortestKnown = 6

/** Endings of names that hold a secret. */
const secretName =
  '[\\w-]*(?:pass(?:word|wd|phrase)?|secret|token|api[_-]?key|user[_-]?code|device[_-]?code|cbl-code|credential)s?'
/** Between a name and its value, also in JSON, and in JSON inside a JSON string. */
const becomes = '["\'\\\\]*\\s*[=:]\\s*'
const scheme = '\\b([a-z][a-z0-9+.-]*:\\/\\/)'

/** Applied in this order. */
const forms: readonly (readonly [RegExp, string])[] = [
  // Tokens and client secrets of Login with Amazon, JSON web tokens, headers with any of them.
  [/\bAt[a-z]{2,3}\|\S+/g, removed],
  [/\bamzn1\.oa2-cs\.[\w.-]+/g, removed],
  [/\b(Bearer|Basic)\s+[^\s"',]{6,}/gi, `$1 ${removed}`],
  [/\beyJ[\w-]{6,}\.[\w.-]+/g, removed],
  // Ids, shortened to their last six characters.
  [/\bamzn1\.((?:[\w-]+\.)+)[\w-]*?([\w-]{6})(?!\.?[\w-])/g, 'amzn1.$1…$2'],
  // user:password@ of any URL. The password may hold an "@" and, where somebody forgot to encode it, a "/".
  [new RegExp(`${scheme}[^/\\s"']*@`, 'gi'), '$1[user]@'],
  [new RegExp(`${scheme}[^/\\s:"'@[]+:(?!\\d+[/?#])[^\\s"'@]*@`, 'gi'), '$1[user]@'],
  // The query of a URL, which may hold codes and access rights; also of a URL without its host.
  [new RegExp(`${scheme}([^\\s?#"']+)\\?[^\\s"']+`, 'gi'), '$1$2?[…]'],
  [/(?<=[\w/.])\?[\w.%~-]+=[^\s"']+/g, '?[…]'],
  // The code next to the address where the user types it.
  [/(\/code\/?)\s+[A-Z0-9]{4,10}\b/g, `$1 ${removed}`],
  // name=value, name="a value of words", "name": "value", --name value.
  [new RegExp(`\\b(${secretName}${becomes})(\\\\?["'])(?:(?!\\2).)+\\2`, 'gi'), `$1$2${removed}$2`],
  [new RegExp(`\\b(${secretName}${becomes}["'\\\\]*)[^\\s"',;\\\\]{3,}`, 'gi'), `$1${removed}`],
  [new RegExp(`(--(?:${secretName}|[\\w-]*key))\\s+(?!-)(?:"[^"]*"|'[^']*'|\\S+)`, 'gi'), `$1 ${removed}`],
  // No ordinary word is this long, but keys, tokens and digests are. The first label of a host may be.
  [/(?<!\w)(?=[\w+=-]*\d)[\w+=-]{32,}(?![\w+=-]|\.[a-z])/g, removed],
]

/**
 * Removes secrets from a text. The agent's own messages never hold any; those of other programs and servers
 * may.
 *
 * @param known values that are secret here, such as the broker's password
 */
export function createRedactor(known: readonly string[]): (text: string) => string {
  const spelled = known
    .flatMap((value) => [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)])
    .filter((value) => value.length >= shortestKnown)
    // Longer values first: they may contain a shorter one.
    .sort((one, other) => other.length - one.length)
  return (text) => {
    let masked = text
    for (const value of new Set(spelled)) masked = masked.replaceAll(value, removed)
    for (const [form, kept] of forms) masked = masked.replace(form, kept)
    return masked
  }
}
