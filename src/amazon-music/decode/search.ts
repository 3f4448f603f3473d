import { field, filledString, listOf, object, type Decoder, type JsonObject } from '../../lib/decode.ts'
import { asList, asObject, asText, layersOf, pick, type Layers } from './layers.ts'
import type { SearchHit, SearchType } from '../api.ts'
import { asWebUrl, readMetadata } from './metadata.ts'

/** Makes the MRN of a hit whose entity has no `playParams` of its own. */
export type PlayIdOf = (type: SearchType, id: string) => string

/** `_type` of catalog entities (docs/sources.md, API search, API tracks and the like); others are skipped. */
const types: ReadonlyMap<string, SearchType> = new Map<string, SearchType>(
  Object.entries({
    Track: 'track',
    Album: 'album',
    Artist: 'artist',
    Playlist: 'playlist',
    CatalogPlaylist: 'playlist',
    UserPlaylist: 'playlist',
    Station: 'station',
    Podcast: 'podcast',
    PodcastShow: 'podcast',
  } as const),
)

/** GET /v1/search: `data` is a list of views. Each has groups of entities, best first. */
export function decodeSearchViews(body: unknown, path: string, playIdOf: PlayIdOf): readonly SearchHit[] {
  const wrapped = asObject(body)?.['data'] !== undefined
  const data = wrapped ? (body as JsonObject)['data'] : body
  const at = wrapped ? `${path}.data` : path
  const views = asList(data) === undefined ? [object(data, at)] : listOf(object)(data, at)
  const hits = views.flatMap((view, index) => {
    const [content, contentAt] = inside(view, 'content', `${at}[${String(index)}]`)
    return field(content, 'entityGroups', listOf(decodeGroup(playIdOf)), contentAt).flat()
  })
  return withoutTwins(hits)
}

function decodeGroup(playIdOf: PlayIdOf): Decoder<readonly SearchHit[]> {
  return (value, path) => {
    const [content, at] = inside(object(value, path), 'content', path)
    return field(content, 'entities', listOf(object), at).flatMap((entity, index) => {
      const type = types.get(asText(entity['_type']) ?? '')
      return type === undefined ? [] : [decodeHit(entity, type, playIdOf, `${at}.entities[${String(index)}]`)]
    })
  }
}

/** POST /v1/search/…: `data.searchTracks {pageInfo, edgeCount, edges [{node}]}`; V2: `items`. */
export function decodeSearchEdges(
  body: unknown,
  path: string,
  type: SearchType,
  playIdOf: PlayIdOf,
): readonly SearchHit[] {
  const [data, dataAt] = inside(object(body, path), 'data', path)
  const name = Object.keys(data).find((key) => asList(asObject(data[key])?.['edges']) !== undefined)
  const [connection, at] = name === undefined ? [data, dataAt] : inside(data, name, dataAt)
  const items = asList(connection['items'])
  if (items !== undefined) {
    return listOf((item, itemAt) => decodeHit(object(item, itemAt), type, playIdOf, itemAt))(
      items,
      `${at}.items`,
    )
  }
  const edges = listOf((edge: unknown, edgeAt) => {
    const node = field(object(edge, edgeAt), 'node', object, edgeAt)
    return decodeHit(node, type, playIdOf, `${edgeAt}.node`)
  })
  return withoutTwins(field(connection, 'edges', edges, at))
}

function decodeHit(entity: JsonObject, type: SearchType, playIdOf: PlayIdOf, path: string): SearchHit {
  const id = field(entity, 'id', filledString, path)
  const layers: Layers = layersOf(entity, ['metadata'])
  const { title, artist, imageUrl } = readMetadata(layers)
  const playParams = asObject(entity['playParams'])
  return {
    id,
    playId: (playParams && pick([playParams], ['id'], asText)) ?? playIdOf(type, id),
    title,
    artist,
    type,
    url: pick(layers, ['url'], asWebUrl),
    image: imageUrl,
  }
}

/** The object under `name` with its path, or `source` itself when there is none. */
function inside(source: JsonObject, name: string, path: string): readonly [JsonObject, string] {
  const inner = asObject(source[name])
  return inner === undefined ? [source, path] : [inner, `${path}.${name}`]
}

/** Removes duplicates: the group "Top hits" repeats entries of other groups. */
function withoutTwins(hits: readonly SearchHit[]): readonly SearchHit[] {
  const first = new Map<string, SearchHit>()
  for (const hit of hits) {
    const key = `${hit.type} ${hit.id}`
    if (!first.has(key)) first.set(key, hit)
  }
  return [...first.values()]
}
