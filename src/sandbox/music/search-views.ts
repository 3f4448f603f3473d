import type { Entity } from '../catalog/entities.ts'
import { mrnOf } from '../catalog/mrn.ts'
import { ranked, relevance, visiblePlaylists } from '../catalog/search.ts'
import type { Call } from '../http/call.ts'
import type { Caller } from './caller.ts'
import { entityJson } from './entity-json.ts'
import { queryInteger } from './json-body.ts'
import { looks } from './metadata.ts'
import { badRequest } from './music-error.ts'
import type { MusicWorld } from './music-world.ts'

/**
 * `GET /v1/search?query=…&limit=…` (API search): an array with one view whose first group is "Top hits".
 * `limit` is per group, default 10. The ids of the other groups are guesses. Entities have `playParams`, as
 * in Views.
 */
export function searchViews(music: MusicWorld, caller: Caller, call: Call): unknown {
  const query = call.query.get('query')?.trim() ?? ''
  if (query === '') throw badRequest('The query parameter query is missing')
  const limit = queryInteger(call, 'limit', 1, 100, 10)
  const { catalog } = music
  const groups: readonly (readonly [id: string, title: string, hits: readonly Entity[]])[] = [
    ['tracks', 'Songs', ranked(catalog.tracks, query)],
    ['albums', 'Albums', ranked(catalog.albums, query)],
    ['artists', 'Artists', ranked(catalog.artists, query)],
    ['playlists', 'Playlists', ranked(visiblePlaylists(catalog, caller.account.key), query)],
    ['stations', 'Stations', ranked(catalog.stations, query)],
    ['podcastShows', 'Podcasts', ranked(catalog.shows, query)],
    [
      'podcastEpisodes',
      'Episodes',
      ranked(
        catalog.shows.flatMap(({ episodes }) => episodes),
        query,
      ),
    ],
  ]
  const topHits = groups
    .flatMap(([, , hits]) => hits)
    .sort((a, b) => relevance(b, query) - relevance(a, query))
    .slice(0, Math.min(limit, 5))
  const group = (id: string, title: string, hits: readonly Entity[]): unknown => ({
    _type: 'EntityGroup',
    id,
    title,
    content: { _type: 'EntityGroupContent', entities: hits.slice(0, limit).map(withPlayParams) },
  })
  const withPlayParams = (entity: Entity): unknown => ({
    ...entityJson(entity, looks(music, caller)),
    playParams: { id: mrnOf(entity) },
  })
  const found = groups
    .filter(([, , hits]) => hits.length > 0)
    .map(([id, title, hits]) => group(id, title, hits))
  const content = { _type: 'ViewContent', entityGroups: [group('topHits', 'Top hits', topHits), ...found] }
  return [{ _type: 'View', id: 'catalog', title: 'Catalog Data', content }]
}
