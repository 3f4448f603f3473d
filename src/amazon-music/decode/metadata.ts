import { asList, asNumberFrom, asObject, asText, pick, type Layers, type Reader } from './layers.ts'

/**
 * The displayed data of a track, episode, album, … (docs/sources.md, API schema: Track, Album, Artist,
 * Image). It does not decide what is played, so a field of an unexpected form is ignored and the answer stays
 * valid.
 */
export interface Metadata {
  readonly title: string | undefined
  readonly artist: string | undefined
  readonly album: string | undefined
  /** Milliseconds. */
  readonly durationMs: number | undefined
  readonly imageUrl: string | undefined
}

export function readMetadata(layers: Layers): Metadata {
  return {
    title: pick(layers, ['title', 'name', 'shortTitle'], asText),
    artist: pick(layers, ['artists', 'artist', 'artistName', 'podcastShow', 'show'], asNames),
    album: pick(layers, ['album', 'albumName', 'albumTitle'], asName),
    durationMs: readDurationMs(layers),
    imageUrl:
      pick(layers, ['images', 'image', 'imageUrl', 'artworkUrl'], asImageUrl) ??
      pick(layers, ['album', 'podcastShow', 'show'], (value) => {
        const container = asObject(value)
        return container && pick([container], ['images', 'image'], asImageUrl)
      }),
  }
}

/** Nothing to listen to lasts longer than a month. The bound also keeps calculations within valid numbers. */
const longestSeconds = 31 * 86_400

/** The service sends seconds, whole or not, in `durationSeconds` (queue) or `duration` (catalog). */
function readDurationMs(layers: Layers): number | undefined {
  const seconds = pick(layers, ['durationSeconds', 'duration'], asNumberFrom(0, longestSeconds))
  if (seconds !== undefined) return Math.round(seconds * 1000)
  const ms = pick(
    layers,
    ['durationMilliseconds', 'durationInMilliseconds'],
    asNumberFrom(0, longestSeconds * 1000),
  )
  return ms === undefined ? undefined : Math.round(ms)
}

/** A string, or an object with a name. */
const asName: Reader<string> = (value) => {
  const object = asObject(value)
  return object === undefined ? asText(value) : pick([object], ['name', 'title'], asText)
}

/** A name as in {@link asName}, or a list of them. */
const asNames: Reader<string> = (value) => {
  const list = asList(value)
  if (list === undefined) return asName(value)
  const names = list.flatMap((item) => asName(item) ?? [])
  return names.length === 0 ? undefined : names.join(', ')
}

/** Images come as a list with an `imageType` each, as one object, or as a bare URL. */
const asImageUrl: Reader<string> = (value) => {
  const list = asList(value)
  if (list === undefined) return asWebUrl(asObject(value)?.['url'] ?? value)
  const images = list.map(asObject).filter((image) => image !== undefined)
  const primary = images.find((image) => image['imageType'] === 'PRIMARY') ?? images[0]
  return asWebUrl(primary?.['url'])
}

export const asWebUrl: Reader<string> = (value) =>
  typeof value === 'string' && /^https?:\/\//.test(value) ? value : undefined
