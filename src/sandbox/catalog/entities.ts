/** The invented music. Ids have the forms of the real ones: ASINs, station keys, UUIDs. */
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
  /** Frequency of the tone that stands for the recording. */
  readonly toneHz: number
}

export interface Playlist {
  readonly kind: 'playlist'
  readonly id: string
  readonly title: string
  readonly description: string
  /** Key of the account whose playlist it is; null for one of the catalog. */
  readonly ownedBy: string | null
  readonly tracks: readonly Track[]
}

export interface Station {
  readonly kind: 'station'
  readonly id: string
  readonly name: string
  /** DJ mode: interludes are put between the tracks (API playback). */
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

/** Talk or advertising between tracks, inserted by the service. */
export interface Break {
  readonly kind: 'interlude' | 'ad'
  readonly id: string
  readonly title: string
  readonly durationSeconds: number
  readonly toneHz: number
}

/** What can be asked for. */
export type Entity = Artist | Album | Track | Playlist | Station | PodcastShow | PodcastEpisode

/** What can stand in a playback queue. */
export type Playable = Track | PodcastEpisode | Break

export function titleOf(entity: Entity | Playable): string {
  return 'title' in entity ? entity.title : entity.name
}
