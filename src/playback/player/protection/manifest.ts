import { SaxesParser } from 'saxes'

/** Whether a player without a decryption module may play a manifest. */
export type ManifestVerdict =
  | { readonly kind: 'clear' }
  | { readonly kind: 'protected' }
  /** It cannot be decided. `why` continues a sentence that begins with "the manifest". */
  | { readonly kind: 'unclear'; readonly why: string }

/** Where DASH and HLS contain absolute URLs: elements, attributes, lines. */
const places = [
  /<(?:\w+:)?(?:BaseURL|Location)\b[^>]*>\s*((?:https?:)?\/\/[^\s"'<]+)/gi,
  /\b(?:media|initialization|index|bitstreamSwitching|sourceURL|URI)\s*=\s*["']\s*((?:https?:)?\/\/[^\s"'<]+)/gi,
  /^\s*((?:https?:)?\/\/\S+)/gim,
]

const xlink = 'http://www.w3.org/1999/xlink'

/**
 * Judges a manifest of MPEG-DASH (ISO/IEC 23009-1). `ContentProtection` may be in any element that describes
 * sound, so it is looked for everywhere. What another parser could read differently is unclear: a document
 * type may declare entities, a link may include elements from elsewhere, and a document that is not
 * well-formed may lack a part.
 */
export function judgeMpd(text: string): ManifestVerdict {
  const parser = new SaxesParser({ xmlns: true })
  let isProtected = false as boolean
  let why: string | undefined
  let root: string | undefined
  parser.on('xmldecl', ({ encoding }) => {
    // Another parser may decode the bytes by this encoding.
    if (encoding !== undefined && !/^(utf-?8|us-ascii|utf-?16(le|be)?)$/i.test(encoding)) {
      why ??= 'is in an encoding that is not looked into'
    }
  })
  parser.on('doctype', () => {
    why ??= 'has a document type'
  })
  parser.on('opentag', ({ local, attributes }) => {
    root ??= local
    if (local.toLowerCase() === 'contentprotection') isProtected = true
    if (Object.values(attributes).some((one) => one.uri === xlink && one.local === 'href')) {
      why ??= 'has parts that are kept elsewhere'
    }
  })
  try {
    parser.write(text).close()
  } catch {
    why ??= 'is not well-formed XML'
  }
  if (root !== undefined && root !== 'MPD') why ??= 'is not one of MPEG-DASH'
  if (isProtected) return { kind: 'protected' }
  return why === undefined ? { kind: 'clear' } : { kind: 'unclear', why }
}

/**
 * Judges a playlist of HTTP Live Streaming (RFC 8216). Does not read playlists that it refers to: the service
 * uses MPEG-DASH.
 */
export function judgeHls(text: string): ManifestVerdict {
  const lines = text.split(/\r\n|\r|\n/).map((line) => line.trim())
  // With METHOD=NONE no other attribute may be present (4.3.2.4).
  const keys = lines.filter((line) => /^#EXT-X-(SESSION-)?KEY\b/i.test(line))
  if (keys.some((line) => line !== '#EXT-X-KEY:METHOD=NONE')) return { kind: 'protected' }
  if (lines.some((line) => /^#EXT-X-(STREAM-INF|I-FRAME-STREAM-INF|MEDIA)\b(?!-)/i.test(line))) {
    return { kind: 'unclear', why: 'names other playlists, which are not looked into' }
  }
  return { kind: 'clear' }
}

/**
 * Whether a manifest at `url` refers the player to another server, to which it would send the stream's
 * headers.
 */
export function namesElsewhere(text: string, url: URL): boolean {
  return places
    .flatMap((place) => [...text.matchAll(place)])
    .some(
      ([, address = '']) => !URL.canParse(address, url.href) || new URL(address, url).origin !== url.origin,
    )
}

/**
 * Decodes bytes as every XML parser does: UTF-8, or UTF-16 with a byte order mark; otherwise undefined.
 * UTF-16 without a mark decodes to text full of NUL characters, which XML does not allow.
 */
export function textOf(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8'
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}
