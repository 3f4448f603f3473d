import type { Catalog } from '../catalog/catalog.ts'
import { titleOf, type Entity } from '../catalog/entities.ts'
import { mrnOf } from '../catalog/mrn.ts'

/** An entity of the catalog, with all that a client needs to play and recognise it. */
export interface CatalogItem {
  readonly kind: Entity['kind']
  readonly id: string
  readonly mrn: string
  readonly title: string
  readonly artist: string | null
  /** For tracks and episodes; null otherwise. */
  readonly durationSeconds: number | null
  /** Ids of the entities it contains, in order. */
  readonly holds: readonly string[]
}

export function catalogItems(catalog: Catalog): CatalogItem[] {
  const { artists, albums, tracks, playlists, stations, shows } = catalog
  const episodes = shows.flatMap((show) => show.episodes)
  return [...artists, ...albums, ...tracks, ...playlists, ...stations, ...shows, ...episodes].map(
    (entity) => ({
      kind: entity.kind,
      id: entity.id,
      mrn: mrnOf(entity),
      title: titleOf(entity),
      artist: 'artist' in entity ? entity.artist.name : null,
      durationSeconds: 'durationSeconds' in entity ? entity.durationSeconds : null,
      holds: heldBy(entity).map(({ id }) => id),
    }),
  )
}

function heldBy(entity: Entity): readonly Entity[] {
  if (entity.kind === 'podcastShow') return entity.episodes
  return 'tracks' in entity ? entity.tracks : []
}
