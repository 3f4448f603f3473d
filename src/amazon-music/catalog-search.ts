import { mrnOf } from './mrn.ts'
import type { MusicApi, SearchType } from './api.ts'
import type { Operation, Routes } from './routes/routes.ts'
import type { Send } from './send.ts'
import { decodeSearchEdges, decodeSearchViews, type PlayIdOf } from './decode/search.ts'

/**
 * Search operations by type. The service has none for the other types: those hits are picked from the common
 * search.
 */
const operations: Readonly<Partial<Record<SearchType, Operation>>> = {
  track: 'searchTracks',
  album: 'searchAlbums',
  artist: 'searchArtists',
  playlist: 'searchPlaylists',
}

/** @see docs/sources.md, API search */
export function createSearch(send: Send, { limits, mrn }: Routes): MusicApi['search'] {
  const playIdOf: PlayIdOf = (type, id) => mrnOf(type, id, mrn)
  return async (query, type, most, signal) => {
    const limit = Math.min(limits.search, Math.max(1, Math.round(most)))
    const operation = type && operations[type]
    const hits =
      type === undefined || operation === undefined
        ? await send('search', { query, limit }, signal, (body) =>
            decodeSearchViews(body, 'search', playIdOf),
          )
        : await send(operation, { query, limit }, signal, (body) =>
            decodeSearchEdges(body, operation, type, playIdOf),
          )
    return hits.filter((hit) => type === undefined || hit.type === type).slice(0, limit)
  }
}
