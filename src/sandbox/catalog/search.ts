import type { Catalog } from './catalog.ts'
import { titleOf, type Entity } from './entities.ts'

/**
 * How well an entity matches `query`: 0 for no match. Whole words score more than prefixes, and the name more
 * than artist or description.
 */
export function relevance(entity: Entity, query: string): number {
  const words = fold(query).split(' ').filter(Boolean)
  const name = fold(titleOf(entity))
  const beside = fold(besides(entity))
  if (words.length === 0) return 0
  let score = name === words.join(' ') ? 50 : 0
  for (const word of words) {
    const gained = wordScore(word, name) * 3 || wordScore(word, beside)
    if (gained === 0) return 0
    score += gained
  }
  return score
}

/** All matches, the best first, ties in catalog order. */
export function ranked<T extends Entity>(entities: readonly T[], query: string): T[] {
  return entities
    .map((entity) => ({ entity, score: relevance(entity, query) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ entity }) => entity)
}

/** The playlists an account may see: those of the catalog and its own. */
export function visiblePlaylists(catalog: Catalog, accountKey: string): Catalog['playlists'] {
  return catalog.playlists.filter(({ ownedBy }) => ownedBy === null || ownedBy === accountKey)
}

/** Lower case and without accents: users type "etoile". */
export function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

function wordScore(word: string, text: string): number {
  if (` ${text} `.includes(` ${word} `)) return 3
  return ` ${text}`.includes(` ${word}`) ? 2 : 0
}

function besides(entity: Entity): string {
  switch (entity.kind) {
    case 'track':
      return `${entity.artist.name} ${entity.album.title}`
    case 'album':
      return entity.artist.name
    case 'playlist':
      return entity.description
    case 'podcastShow':
      return entity.description
    case 'podcastEpisode':
      return entity.show.title
    case 'artist':
    case 'station':
      return ''
  }
}
