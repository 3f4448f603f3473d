import type { Catalog } from '../catalog/catalog.ts'
import type { Entity, Playable, Track } from '../catalog/entities.ts'
import { entityOf, isMrn } from '../catalog/mrn.ts'
import type { Caller } from '../music/caller.ts'
import { optionalString, strings, type JsonObject } from '../music/json-body.ts'
import { badRequest, notFound } from '../music/music-error.ts'

/** What a session plays. */
export interface Seed {
  readonly context: readonly Playable[]
  /** Index in the context to start at; null when no item was requested. */
  readonly startIndex: number | null
  /** The tracks of the station; null when it is not a station. */
  readonly station: readonly Track[] | null
  readonly isDj: boolean
}

/** The entities of `playParams` (MRNs) in Create New Session and Queue Next/Last. @throws MusicError */
export function playEntities(
  playParams: JsonObject,
  catalog: Catalog,
  caller: Caller,
): { item: Entity | null; containers: readonly Entity[] } {
  const id = optionalString(playParams, 'id')
  const containerIds = playParams['containerIds'] ?? []
  const resolve = (mrn: string): Entity => named(mrn, catalog, caller)
  const item = id === null ? null : resolve(id)
  const containers = strings(containerIds, 'playParams.containerIds').map(resolve)
  if (item === null && containers.length === 0) {
    throw badRequest('playParams.id or playParams.containerIds is missing')
  }
  return { item, containers }
}

/**
 * `containerIds` is the context, `id` the item in it to start at. An item that is not in the context precedes
 * it.
 */
export function seedOf(item: Entity | null, containers: readonly Entity[], catalog: Catalog): Seed {
  const station = [item, ...containers].find((entity) => entity?.kind === 'station')
  if (station) return { context: [], startIndex: null, station: station.tracks, isDj: station.djMode }
  const context = containers.flatMap((entity) => playablesOf(entity, catalog))
  const plain = { station: null, isDj: false }
  if (item === null) return { context, startIndex: null, ...plain }
  const index = context.findIndex(({ id }) => id === item.id)
  if (index >= 0) return { context, startIndex: index, ...plain }
  const isOne = item.kind === 'track' || item.kind === 'podcastEpisode'
  return { context: [...playablesOf(item, catalog), ...context], startIndex: isOne ? 0 : null, ...plain }
}

/** The tracks and episodes of an entity, in order. */
export function playablesOf(entity: Entity, catalog: Catalog): readonly Playable[] {
  switch (entity.kind) {
    case 'track':
    case 'podcastEpisode':
      return [entity]
    case 'album':
    case 'playlist':
    case 'station':
      return entity.tracks
    case 'podcastShow':
      return entity.episodes
    case 'artist':
      return catalog.tracks.filter(({ artist }) => artist.id === entity.id)
  }
}

function named(mrn: string, catalog: Catalog, { account }: Caller): Entity {
  if (!isMrn(mrn)) throw badRequest(`playParams: not an MRN: ${mrn}`)
  const entity = entityOf(mrn, catalog)
  const isHidden = entity?.kind === 'playlist' && entity.ownedBy !== null && entity.ownedBy !== account.key
  if (entity === null || isHidden) throw notFound(mrn)
  return entity
}
