import type { Call } from '../http/call.ts'
import { getActive } from '../playback/active.ts'
import { createSession } from '../playback/create.ts'
import { enqueue } from '../playback/enqueue.ts'
import { setLoop, setShuffle } from '../playback/modes.ts'
import { getCurrent, getNext, getPrevious, getView } from '../playback/navigate.ts'
import { reportEvent, reportEvents } from '../playback/reports/report-events.ts'
import { restoreSession } from '../playback/restore.ts'
import type { Caller } from './caller.ts'
import { byId, me, myPlaylists, playlistTracks, podcastShow } from './metadata.ts'
import type { MusicWorld } from './music-world.ts'
import { searchByFields } from './search-by-fields.ts'
import { searchViews } from './search-views.ts'

/**
 * One operation of the Web API. The result of `run` is sent as `data` with status 200, or 206 if it is a
 * `Restored`.
 */
export interface Endpoint {
  readonly method: string
  readonly path: string
  /** One of these is sufficient. */
  readonly scopes: readonly string[]
  /** Whether the three playback headers are required. */
  readonly playback: boolean
  readonly run: (music: MusicWorld, caller: Caller, call: Call) => unknown
}

const PLAYBACK = { scopes: ['music::playback'], playback: true }
const CATALOG = { scopes: ['music::catalog'], playback: false }
/** Pages differ on whether reading needs `music::library` or `music::library:read`: accept either. */
const LIBRARY = { scopes: ['music::library', 'music::library:read'], playback: false }
/** The page of `/v1/me` seems to swap the two scopes: accept either. */
const PROFILE = { scopes: ['music::profile', 'music::profile:read'], playback: false }

const SESSION = '/v1/playback/sessions/{sessionId}'

export const endpoints: readonly Endpoint[] = [
  { method: 'POST', path: '/v1/playback/sessions', ...PLAYBACK, run: createSession },
  { method: 'GET', path: `${SESSION}/current`, ...PLAYBACK, run: getCurrent },
  { method: 'GET', path: `${SESSION}/next`, ...PLAYBACK, run: getNext },
  { method: 'GET', path: `${SESSION}/previous`, ...PLAYBACK, run: getPrevious },
  { method: 'GET', path: `${SESSION}/view`, ...PLAYBACK, run: getView },
  { method: 'GET', path: '/v1/playback/sessions/active', ...PLAYBACK, run: getActive },
  { method: 'POST', path: `${SESSION}/restore`, ...PLAYBACK, run: restoreSession },
  { method: 'POST', path: `${SESSION}/next`, ...PLAYBACK, run: enqueue('next') },
  { method: 'POST', path: `${SESSION}/last`, ...PLAYBACK, run: enqueue('last') },
  { method: 'PUT', path: `${SESSION}/loop`, ...PLAYBACK, run: setLoop },
  { method: 'PUT', path: `${SESSION}/shuffle`, ...PLAYBACK, run: setShuffle },
  { method: 'POST', path: '/v1/playback/event', ...PLAYBACK, run: reportEvent },
  { method: 'POST', path: '/v1/playback/events', ...PLAYBACK, run: reportEvents },

  { method: 'GET', path: '/v1/search', ...CATALOG, run: searchViews },
  { method: 'POST', path: '/v1/search/tracks', ...CATALOG, run: searchByFields('track', 'searchTracks') },
  { method: 'POST', path: '/v1/search/albums', ...CATALOG, run: searchByFields('album', 'searchAlbums') },
  { method: 'POST', path: '/v1/search/artists', ...CATALOG, run: searchByFields('artist', 'searchArtists') },
  {
    method: 'POST',
    path: '/v1/search/playlists',
    ...CATALOG,
    run: searchByFields('playlist', 'searchPlaylists'),
  },
  { method: 'GET', path: '/v1/tracks/{id}', ...CATALOG, run: byId('track') },
  { method: 'GET', path: '/v1/albums/{id}', ...CATALOG, run: byId('album') },
  { method: 'GET', path: '/v1/artists/{id}', ...CATALOG, run: byId('artist') },
  { method: 'GET', path: '/v1/stations/{id}', ...CATALOG, run: byId('station') },
  { method: 'GET', path: '/v1/podcasts/shows/{id}', ...CATALOG, run: podcastShow },
  { method: 'GET', path: '/v1/playlists/{id}', ...LIBRARY, run: byId('playlist') },
  { method: 'GET', path: '/v1/playlists/{id}/tracks', ...LIBRARY, run: playlistTracks },
  { method: 'GET', path: '/v1/me', ...PROFILE, run: me },
  { method: 'GET', path: '/v1/me/playlists', ...LIBRARY, run: myPlaylists },
]
