/** The invented music. Ids have the formats of the real ones: ASINs, station keys, UUIDs. */
export interface Artist {
  readonly kind: 'artist'
  readonly id: string
  readonly name: string
  readonly genre: string
}

export interface Album {
  readonly kind: 'album'
  readonly id: string
  readonly title: string
  readonly artist: Artist
  /** ISO 8601 date. */
  readonly releaseDate: string
  readonly label: string
  readonly tracks: Track[]
}

export interface Track {
  readonly kind: 'track'
  readonly id: string
  readonly title: string
  readonly album: Album
  readonly artist: Artist
  readonly isrc: string
  readonly explicit: boolean
  readonly durationSeconds: number
  /** Frequency of the tone played instead of a recording. */
  readonly toneHz: number
}

export interface Playlist {
  readonly kind: 'playlist'
  readonly id: string
  readonly title: string
  readonly description: string
  /** Key of the account that owns the playlist; null for a catalog playlist. */
  readonly ownedBy: string | null
  readonly tracks: readonly Track[]
}

export interface Station {
  readonly kind: 'station'
  readonly id: string
  readonly name: string
  /** DJ mode: the service inserts interludes between tracks (API playback). */
  readonly djMode: boolean
  readonly tracks: readonly Track[]
}

export interface PodcastShow {
  readonly kind: 'podcastShow'
  readonly id: string
  readonly title: string
  readonly description: string
  readonly episodes: PodcastEpisode[]
}

export interface PodcastEpisode {
  readonly kind: 'podcastEpisode'
  readonly id: string
  readonly title: string
  readonly show: PodcastShow
  readonly durationSeconds: number
  readonly toneHz: number
}

/** Speech or advertising that the service inserts between tracks. */
export interface Break {
  readonly kind: 'interlude' | 'ad'
  readonly id: string
  readonly title: string
  readonly durationSeconds: number
  readonly toneHz: number
}

/** Everything a client can request. */
export type Entity = Artist | Album | Track | Playlist | Station | PodcastShow | PodcastEpisode

/** Everything a playback queue can contain. */
export type Playable = Track | PodcastEpisode | Break

export function titleOf(entity: Entity | Playable): string {
  return 'title' in entity ? entity.title : entity.name
}
