import type { EntityKind } from './entity.ts'

/** `_type` of queue entries. The types of ads and interludes are not published: their names are inferred. */
const kinds: ReadonlyMap<string, EntityKind> = new Map<string, EntityKind>(
  Object.entries({
    track: 'track',
    song: 'track',
    episode: 'episode',
    podcastepisode: 'episode',
    interlude: 'interlude',
    djinterlude: 'interlude',
    ad: 'ad',
    audioad: 'ad',
    advertisement: 'ad',
    station: 'station',
  } as const),
)

/** The kind named by a `_type` such as `Track`, `TrackPlayable` or `PodcastEpisode`; undefined when it names none. */
export function kindOfType(type: string): EntityKind | undefined {
  return kinds.get(
    type
      .toLowerCase()
      .replaceAll('-', '')
      .replace(/playable$/, ''),
  )
}

/** The kind named by the entity type of an MRN such as mrn:1.0:catalog:track:asin:B000000001. */
export function kindOfMrn(id: string): EntityKind | undefined {
  const type = /^mrn:[\d.]+:[^:]+:([^:]+):/.exec(id)?.[1]
  return type === undefined ? undefined : kindOfType(type)
}
