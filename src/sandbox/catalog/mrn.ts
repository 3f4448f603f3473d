import type { Catalog } from './catalog.ts'
import type { Entity } from './entities.ts'

/**
 * The MRN formats in `playParams`. Public samples show `catalog:track:asin` and `catalog:album:asin`. All
 * other rows are guesses by analogy.
 */
const FORMS: readonly (readonly [kind: Entity['kind'], prefix: string])[] = [
  ['track', 'mrn:1.0:catalog:track:asin:'],
  ['album', 'mrn:1.0:catalog:album:asin:'],
  ['artist', 'mrn:1.0:catalog:artist:asin:'],
  ['playlist', 'mrn:1.0:catalog:playlist:asin:'],
  ['playlist', 'mrn:1.0:library:playlist:uuid:'],
  ['station', 'mrn:1.0:catalog:station:key:'],
  ['podcastShow', 'mrn:1.0:catalog:podcast-show:uuid:'],
  ['podcastEpisode', 'mrn:1.0:catalog:podcast-episode:uuid:'],
]

const MRN = /^mrn:1\.0:[a-z]+:[a-z-]+:[a-z]+:[A-Za-z0-9-]+$/

export const isMrn = (id: string): boolean => MRN.test(id)

export function mrnOf(entity: Entity): string {
  const owned = entity.kind === 'playlist' && entity.ownedBy !== null
  const forms = FORMS.filter(([kind]) => kind === entity.kind)
  const [, prefix = ''] = forms[owned ? 1 : 0] ?? []
  return prefix + entity.id
}

/** The entity an MRN names; null when the catalog does not contain it. */
export function entityOf(mrn: string, catalog: Catalog): Entity | null {
  for (const [kind, prefix] of FORMS) {
    if (!mrn.startsWith(prefix)) continue
    const entity = catalog.find(kind, mrn.slice(prefix.length))
    if (entity !== null) return entity
  }
  return null
}
