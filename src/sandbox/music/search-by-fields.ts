import { titleOf, type Entity } from '../catalog/entities.ts'
import { fold, ranked, visiblePlaylists } from '../catalog/search.ts'
import type { Call } from '../http/call.ts'
import type { Caller } from './caller.ts'
import { entityJson } from './entity-json.ts'
import { object, oneOf, optionalInteger, optionalString, readJson, type JsonObject } from './json-body.ts'
import { looks } from './metadata.ts'
import { badRequest } from './music-error.ts'
import type { MusicWorld } from './music-world.ts'
import { connection } from './paging.ts'

type SearchedKind = 'track' | 'album' | 'artist' | 'playlist'

/** TrackFieldType (API search). No page lists the fields of the other kinds, so they accept the same. */
const FIELDS = [
  'id',
  'asin',
  'albumId',
  'albumName',
  'artistId',
  'artistName',
  'categoryId',
  'name',
  'isrc',
] as const
type Field = (typeof FIELDS)[number]

const SORTS = ['relevance', 'release', 'popularity', 'name'] as const

/** Editions of the page differ (100 or 20). A client that the smaller limit accepts conforms to both. */
const MAX_LIMIT = 20

/**
 * `POST /v1/search/tracks` and the like (API search): `searchFilters`, which must all match, `limit`,
 * `token`, `sortBy`. Returns a connection, such as `data.searchTracks`.
 */
export function searchByFields(kind: SearchedKind, answersAs: string) {
  return (music: MusicWorld, caller: Caller, call: Call): unknown => {
    const body = readJson(call)
    const filters = searchFilters(body)
    const limit = optionalInteger(body, 'limit', 1, MAX_LIMIT) ?? MAX_LIMIT
    const sortBy = oneOf(body, 'sortBy', SORTS) ?? 'relevance'
    const words = filters.filter(({ field }) => field === null || field === 'name').map(({ query }) => query)
    let found: Entity[] = all(music, caller, kind).filter((entity) =>
      filters.every((filter) => fits(entity, filter.field, filter.query)),
    )
    if (sortBy === 'relevance' && words.length > 0) found = byRelevance(found, words.join(' '))
    if (sortBy === 'name') found.sort((a, b) => titleOf(a).localeCompare(titleOf(b)))
    if (sortBy === 'release') found.sort((a, b) => releaseDate(b).localeCompare(releaseDate(a)))
    const node = (entity: Entity): unknown => entityJson(entity, looks(music, caller))
    return { [answersAs]: connection(found, limit, optionalString(body, 'token'), node) }
  }
}

function searchFilters(body: JsonObject): { field: Field | null; query: string }[] {
  const given = body['searchFilters']
  if (!Array.isArray(given) || given.length === 0) throw badRequest('searchFilters is missing')
  return given.map((filter: unknown) => {
    const parts = object(filter, 'searchFilters[]')
    const query = optionalString(parts, 'query')?.trim() ?? ''
    if (query === '') throw badRequest('searchFilters.query is missing')
    return { field: oneOf(parts, 'field', FIELDS), query }
  })
}

function all(music: MusicWorld, { account }: Caller, kind: SearchedKind): Entity[] {
  const { tracks, albums, artists } = music.catalog
  const listed = { track: tracks, album: albums, artist: artists, playlist: null }[kind]
  return [...(listed ?? visiblePlaylists(music.catalog, account.key))]
}

function fits(entity: Entity, field: Field | null, query: string): boolean {
  const artist = 'artist' in entity ? entity.artist : entity.kind === 'artist' ? entity : null
  const album = 'album' in entity ? entity.album : entity.kind === 'album' ? entity : null
  switch (field) {
    case null:
      return ranked([entity], query).length > 0
    case 'id':
    case 'asin':
      return entity.id === query
    case 'albumId':
      return album?.id === query
    case 'artistId':
      return artist?.id === query
    case 'albumName':
      return album !== null && fold(album.title).includes(fold(query))
    case 'artistName':
      return artist !== null && fold(artist.name).includes(fold(query))
    case 'name':
      return fold(titleOf(entity)).includes(fold(query))
    case 'isrc':
      return entity.kind === 'track' && entity.isrc === query.toUpperCase()
    case 'categoryId':
      // The catalog has no categories.
      return false
  }
}

/** The best first. Entities that match only within a word come last. */
function byRelevance(entities: readonly Entity[], query: string): Entity[] {
  return [...new Set([...ranked(entities, query), ...entities])]
}

const releaseDate = (entity: Entity): string =>
  entity.kind === 'track' ? entity.album.releaseDate : entity.kind === 'album' ? entity.releaseDate : ''
