import type { Draw } from '../draw.ts'
import type { Album, Artist, Break, Entity, Playlist, PodcastShow, Station, Track } from './entities.ts'
import { TONES_HZ } from './names.ts'

export interface CatalogContent {
  readonly artists: readonly Artist[]
  readonly albums: readonly Album[]
  readonly playlists: readonly Playlist[]
  readonly stations: readonly Station[]
  readonly shows: readonly PodcastShow[]
}

/** Everything that can be searched and played, by id. */
export class Catalog {
  readonly artists: readonly Artist[]
  readonly albums: readonly Album[]
  readonly playlists: readonly Playlist[]
  readonly stations: readonly Station[]
  readonly shows: readonly PodcastShow[]
  readonly tracks: readonly Track[]
  readonly interludes: readonly Break[]
  readonly ads: readonly Break[]
  /** Everything that has audio, by id. Audio URLs use these ids. */
  readonly #sounding = new Map<string, { durationSeconds: number; toneHz: number }>()
  readonly #entities = new Map<string, Entity>()

  constructor({ artists, albums, playlists, stations, shows }: CatalogContent) {
    this.artists = artists
    this.albums = albums
    this.playlists = playlists
    this.stations = stations
    this.shows = shows
    this.tracks = albums.flatMap(({ tracks }) => tracks)
    this.interludes = TONES_HZ.slice(0, 4).map((toneHz, i) => makeBreak('interlude', i + 1, 6 + i, toneHz))
    this.ads = TONES_HZ.slice(-3).map((toneHz, i) => makeBreak('ad', i + 1, 15, toneHz))
    const episodes = shows.flatMap((show) => show.episodes)
    for (const entity of [
      ...artists,
      ...albums,
      ...playlists,
      ...stations,
      ...shows,
      ...this.tracks,
      ...episodes,
    ]) {
      this.#entities.set(entity.id, entity)
    }
    for (const playable of [...this.tracks, ...episodes, ...this.interludes, ...this.ads]) {
      this.#sounding.set(playable.id, playable)
    }
  }

  /** The entity of this kind and id; null when there is none. */
  find<K extends Entity['kind']>(kind: K, id: string): Extract<Entity, { kind: K }> | null {
    const entity = this.#entities.get(id)
    return entity?.kind === kind ? (entity as Extract<Entity, { kind: K }>) : null
  }

  sounding(id: string): { durationSeconds: number; toneHz: number } | null {
    return this.#sounding.get(id) ?? null
  }

  /** A random track, not in `recent` and of the same genre if possible. */
  recommend(draw: Draw, genre: string | null, recent: ReadonlySet<string>): Track {
    const fresh = this.tracks.filter(({ id }) => !recent.has(id))
    const alike = fresh.filter(({ artist }) => artist.genre === genre)
    if (alike.length > 0) return draw.one(alike)
    return draw.one(fresh.length > 0 ? fresh : this.tracks)
  }
}

function makeBreak(kind: Break['kind'], number: number, durationSeconds: number, toneHz: number): Break {
  const title = kind === 'ad' ? `Advertisement ${number}` : `The DJ says ${number}`
  return { kind, id: `sandbox-${kind}-${number}`, title, durationSeconds, toneHz }
}
