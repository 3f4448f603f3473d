import { Draw, seededRandom } from '../draw.ts'
import { Catalog } from './catalog.ts'
import type { Album, Artist, Playlist, PodcastShow, Station, Track } from './entities.ts'
import * as names from './names.ts'

const ASIN_ALPHABET = '0123456789ABCDEFGHJKLMNPQRSTUVWXYZ'
const ALBUMS_PER_ARTIST = 2
const EPISODES_PER_SHOW = 5
/** An arbitrary seed. It must not change, so that ids stay the same across restarts. */
const SEED = 20_261_004

/** Builds the catalog, the same in every run, with playlists for each of `accountKeys`. */
export function makeCatalog(accountKeys: readonly string[]): Catalog {
  const draw = new Draw(seededRandom(SEED))
  const artists = names.ARTISTS.map(([name, genre]): Artist => ({
    kind: 'artist',
    id: asin(draw),
    name,
    genre,
  }))
  const albums = artists.flatMap((artist) =>
    Array.from({ length: ALBUMS_PER_ARTIST }, () =>
      makeAlbum(draw, artist, title(draw), 6 + draw.int(5), [20, 240]),
    ),
  )
  // Very short tracks, so that nobody has to wait for the end of a track.
  const [first] = artists
  if (first) albums.push(makeAlbum(draw, first, 'Short Studies', 8, [3, 8]))
  const tracks = albums.flatMap((album) => album.tracks)
  const ofGenres = (genres: readonly string[]): Track[] =>
    draw.shuffled(
      tracks.filter(({ artist, durationSeconds }) => genres.includes(artist.genre) && durationSeconds >= 20),
    )
  const playlists = [
    ...names.PLAYLISTS.map(([name, description, genres]): Playlist => ({
      kind: 'playlist',
      id: asin(draw),
      title: name,
      description,
      ownedBy: null,
      tracks: ofGenres(genres).slice(0, 20),
    })),
    ...accountKeys.flatMap((key) =>
      ['My Mix', 'Car'].map((name): Playlist => ownPlaylist(draw, key, name, tracks)),
    ),
  ]
  const stations = names.STATIONS.map(([name, genre, djMode]): Station => ({
    kind: 'station',
    id: `A${draw.text(ASIN_ALPHABET, 13)}`,
    name,
    djMode,
    tracks: ofGenres([genre]),
  }))
  const shows = names.PODCASTS.map(([name, description]) => makeShow(draw, name, description))
  return new Catalog({ artists, albums, playlists, stations, shows })
}

function makeAlbum(
  draw: Draw,
  artist: Artist,
  name: string,
  trackCount: number,
  [shortest, longest]: readonly [number, number],
): Album {
  const releaseDate = `${2001 + draw.int(25)}-0${1 + draw.int(9)}-${10 + draw.int(19)}`
  const id = asin(draw)
  const album: Album = {
    kind: 'album',
    id,
    title: name,
    artist,
    releaseDate,
    label: draw.one(names.LABELS),
    tracks: [],
  }
  for (let i = 0; i < trackCount; i++) {
    album.tracks.push({
      kind: 'track',
      id: asin(draw),
      title: title(draw),
      album,
      artist,
      isrc: `QZSBX${draw.text('0123456789', 7)}`,
      explicit: draw.int(10) === 0,
      durationSeconds: shortest + draw.int(longest - shortest + 1),
      toneHz: draw.one(names.TONES_HZ),
    })
  }
  return album
}

function ownPlaylist(draw: Draw, ownedBy: string, name: string, tracks: readonly Track[]): Playlist {
  const chosen = draw.shuffled(tracks).slice(0, 12)
  return { kind: 'playlist', id: draw.uuid(), title: name, description: '', ownedBy, tracks: chosen }
}

function makeShow(draw: Draw, name: string, description: string): PodcastShow {
  const show: PodcastShow = { kind: 'podcastShow', id: draw.uuid(), title: name, description, episodes: [] }
  for (let number = 1; number <= EPISODES_PER_SHOW; number++) {
    show.episodes.push({
      kind: 'podcastEpisode',
      id: draw.uuid(),
      title: `${number}. The ${title(draw)}`,
      show,
      durationSeconds: 180 + draw.int(420),
      toneHz: draw.one(names.TONES_HZ),
    })
  }
  return show
}

const asin = (draw: Draw): string => `B0${draw.text(ASIN_ALPHABET, 8)}`

const title = (draw: Draw): string => `${draw.one(names.ADJECTIVES)} ${draw.one(names.NOUNS)}`
