import { SaxesParser } from 'saxes'

/** What a manifest says, as far as it decides whether a player without a decryption module may have it. */
export type ManifestVerdict =
  | { readonly kind: 'clear' }
  | { readonly kind: 'protected' }
  /** It cannot be told. `why` goes on after "the manifest". */
  | { readonly kind: 'unclear'; readonly why: string }

const xlink = 'http://www.w3.org/1999/xlink'

/**
 * Judges a manifest of MPEG-DASH (ISO/IEC 23009-1). `ContentProtection` may stand in any element that describes sound, so
 * it is looked for everywhere. Whatever another reader could understand otherwise is unclear: a document type may
 * declare entities, a link may bring in elements from elsewhere, and of a document that is not well-formed a part may be
 * missing.
 */
export function judgeMpd(text: string): ManifestVerdict {
  const parser = new SaxesParser({ xmlns: true })
  let isProtected = false as boolean
  let why: string | undefined
  let root: string | undefined
  parser.on('xmldecl', ({ encoding }) => {
    // Another reader may decode the bytes by this word.
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
