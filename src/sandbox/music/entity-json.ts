import type {
  Album,
  Artist,
  Entity,
  Playlist,
  PodcastEpisode,
  PodcastShow,
  Station,
  Track,
} from '../catalog/entities.ts'

/** An element of `images[]` (API schema). */
export interface ImageJson {
  readonly url: string
  readonly width: number
  readonly height: number
  readonly imageType: string
}

const USUAL_SIZE = 500

/** Parses `SL500` and the like: the longer side in pixels. Anything else returns the default. */
export function imageSize(style: string | null): number {
  return Number(/^SL(\d{1,4})$/.exec(style ?? '')?.[1] ?? USUAL_SIZE) || USUAL_SIZE
}

export function images(baseUrl: string, entityId: string, size: number): readonly ImageJson[] {
  const url = `${baseUrl}/covers/${entityId}.png?size=${size}`
  return [{ url, width: size, height: size, imageType: 'PRIMARY' }]
}

/** What the JSON of an entity depends on, besides the entity. */
export interface Looks {
  readonly baseUrl: string
  readonly imageSize: number
}

type Json = Readonly<Record<string, unknown>>

const SITE = 'https://music.amazon.com'

/** All fields of the V1 metadata pages, including `_type` as in Views. */
export function entityJson(entity: Entity, looks: Looks): Json {
  switch (entity.kind) {
    case 'track':
      return trackJson(entity, looks)
    case 'album':
      return albumJson(entity, looks)
    case 'artist':
      return artistJson(entity, looks)
    case 'playlist':
      return playlistJson(entity, looks)
    case 'station':
      return stationJson(entity, looks)
    case 'podcastShow':
      return showJson(entity, looks)
    case 'podcastEpisode':
      return episodeJson(entity, looks)
  }
}

const urlOfAlbum = (album: Album): string => `${SITE}/albums/${album.id}`

export const artistRef = ({ id, name }: Artist): Json => ({ id, name, url: `${SITE}/artists/${id}` })

export const albumRef = (album: Album): Json => ({ id: album.id, title: album.title, url: urlOfAlbum(album) })

const territory = {
  musicTerritory: { code: 'US', territoryName: 'United States' },
  market: { id: 'US', name: 'US' },
}

const eligible = { isDownloadable: false, isPurchaseable: false, isPreviewable: true, isPrimeEligible: true }

const picture = (id: string, { baseUrl, imageSize }: Looks): readonly ImageJson[] =>
  images(baseUrl, id, imageSize)

function trackJson(track: Track, looks: Looks): Json {
  return {
    _type: 'Track',
    id: track.id,
    globalAsin: track.id,
    title: track.title,
    shortTitle: track.title,
    duration: track.durationSeconds,
    isrc: track.isrc,
    album: albumRef(track.album),
    artists: [artistRef(track.artist)],
    audioQualities: ['SD', 'HD'],
    releaseDate: track.album.releaseDate,
    label: track.album.label,
    parentalSettings: { isKidFriendly: false, hasExplicitLanguage: track.explicit },
    eligibility: eligible,
    images: picture(track.album.id, looks),
    url: `${SITE}/albums/${track.album.id}?trackAsin=${track.id}`,
    ...territory,
  }
}

function albumJson(album: Album, looks: Looks): Json {
  return {
    _type: 'Album',
    id: album.id,
    globalAsin: album.id,
    localAsin: album.id,
    title: album.title,
    shortTitle: album.title,
    duration: album.tracks.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0),
    releaseDate: album.releaseDate,
    artists: [artistRef(album.artist)],
    tracks: album.tracks.map(({ id, title, durationSeconds }) => ({ id, title, duration: durationSeconds })),
    trackCount: album.tracks.length,
    audioQualities: ['SD', 'HD'],
    availableMarkets: [territory.market],
    eligibility: eligible,
    images: picture(album.id, looks),
    label: album.label,
    url: urlOfAlbum(album),
    ...territory,
  }
}

function artistJson(artist: Artist, looks: Looks): Json {
  return {
    _type: 'Artist',
    ...artistRef(artist),
    globalAsin: artist.id,
    localAsin: artist.id,
    images: picture(artist.id, looks),
    musicTerritory: territory.musicTerritory,
  }
}

function playlistJson(playlist: Playlist, looks: Looks): Json {
  const { id, title, description, ownedBy, tracks } = playlist
  return {
    _type: 'Playlist',
    id,
    title,
    description,
    trackCount: tracks.length,
    duration: tracks.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0),
    curator: { id: ownedBy ?? 'amazon-music' },
    images: picture(id, looks),
    url: ownedBy === null ? `${SITE}/playlists/${id}` : `${SITE}/my/playlists/${id}`,
    visibility: ownedBy === null ? 'PUBLIC' : 'PRIVATE',
    eligibility: { playback: { canPlayOnDemand: true, shuffleType: 'INLINE' }, ...eligible },
  }
}

function stationJson({ id, name }: Station, looks: Looks): Json {
  return { _type: 'Station', id, name, url: `${SITE}/stations/${id}`, images: picture(id, looks) }
}

function showJson({ id, title, description }: PodcastShow, looks: Looks): Json {
  const url = `${SITE}/podcasts/${id}`
  return {
    _type: 'PodcastShow',
    id,
    title,
    description: `<p>${description}</p>`,
    url,
    images: picture(id, looks),
  }
}

export function episodeJson({ id, title, show, durationSeconds }: PodcastEpisode, looks: Looks): Json {
  return {
    _type: 'PodcastEpisode',
    id,
    title,
    duration: durationSeconds,
    podcastShow: { id: show.id, title: show.title },
    url: `${SITE}/podcasts/${show.id}/episodes/${id}`,
    images: picture(show.id, looks),
  }
}
