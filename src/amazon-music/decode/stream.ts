import {
  field,
  filledString,
  object,
  optional,
  string,
  type Decoder,
  type JsonObject,
} from '../../lib/decode.ts'
import { Secret } from '../../lib/secret.ts'
import type { Stream } from '../entity.ts'
import { asList, asObject, asText, present } from './layers.ts'

/**
 * The stream of a queue entry: `playbackInformation {url, protocol, format}` or `mediaMetadata {url, drmType,
 * mediaType}` (both reported). Undefined when the entry has no URL.
 */
export function decodeStream(entry: JsonObject, path: string): Stream | undefined {
  for (const name of ['playbackInformation', 'mediaMetadata']) {
    const source = field(entry, name, optional(object), path)
    if (source === undefined || present(source, ['url']) === undefined) continue
    const at = `${path}.${name}`
    return {
      url: new Secret(field(source, 'url', filledString, at)),
      protocol: field(source, 'protocol', optional(string), at),
      format: field(source, 'format', optional(string), at) ?? asText(source['mediaType']),
      drm: drmOf(entry),
      // Their place is unknown: next to the URL, or next to the entry's other fields.
      licenseHeaders:
        field(source, 'licenseHeaders', optional(decodeHeaders), at) ??
        field(entry, 'licenseHeaders', optional(decodeHeaders), path) ??
        {},
      // Not seen in any answer; the name is the obvious one.
      headers: field(source, 'headers', optional(decodeHeaders), at) ?? {},
    }
  }
  return undefined
}

/**
 * Reads both objects, whichever has the URL: when one names a protection, a NONE in the other does not lift
 * it.
 */
function drmOf(entry: JsonObject): string | undefined {
  const told = ['mediaMetadata', 'playbackInformation'].flatMap(
    (name) => asText(asObject(entry[name])?.['drmType']) ?? [],
  )
  return told.find((drm) => drm.toUpperCase() !== 'NONE') ?? told[0]
}

/** An object of strings, or a list of `{name, value}`. */
const decodeHeaders: Decoder<Stream['licenseHeaders']> = (value, path) => {
  const pairs = asList(value)?.map((item) => {
    const pair = asObject(item) ?? {}
    return [pair['name'], pair['value']] as const
  })
  const headers = (pairs ?? Object.entries(object(value, path))).flatMap(([name, text]) =>
    typeof name === 'string' && typeof text === 'string' ? [[name, new Secret(text)] as const] : [],
  )
  return Object.fromEntries(headers)
}
