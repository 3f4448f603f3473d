import type { Json } from './body-template.ts'
import type { Route, Routes } from './routes.ts'

const playback = 'music::playback'
const sessions = '/v1/playback/sessions'
const session = `${sessions}/{sessionId}`

const get = { method: 'GET', body: null, required: [], audioHeaders: true, repeatable: true } as const
const post = { method: 'POST', required: [], audioHeaders: true, repeatable: false } as const
const put = { method: 'PUT', audioHeaders: true, repeatable: false } as const

/** One item, with the MRN where Create New Session has it. */
const oneItem: Json = { playParams: { id: '$id', containerIds: '$containerIds' } }

/** A read by POST with one filter without `field` ("match query"). */
function search(path: string, evidence: Route['evidence']): Route {
  return {
    method: 'POST',
    path,
    scope: 'music::catalog',
    evidence,
    body: { searchFilters: [{ query: '$query' }], limit: '$limit', sortBy: 'relevance' },
    required: ['query'],
    audioHeaders: false,
    repeatable: true,
  }
}

/**
 * All paths, bodies and words of the service's V1 that the agent uses. Approved partners have the full
 * reference, and a file can replace any part (routes-file.ts): so no other file holds any of them.
 *
 * @see docs/sources.md, API playback, API search, API headers, API overview
 */
export const defaultRoutes: Routes = {
  operations: {
    createSession: {
      ...post,
      path: sessions,
      scope: playback,
      evidence: 'documented',
      body: {
        playParams: { id: '$id', containerIds: '$containerIds' },
        playbackOptions: {
          shuffleMode: '$shuffleMode',
          loopMode: '$loopMode',
          startAsStation: '$startAsStation',
          playbackContinuationMode: '$playbackContinuationMode',
        },
        limit: '$limit',
        // Reported to exist; its place here is inferred.
        takeOverType: '$takeOverType',
      },
    },
    getCurrentTrack: { ...get, path: `${session}/current`, scope: playback, evidence: 'reported' },
    // It is unknown whether reading next or previous also moves the position, so they are not retried
    // blindly.
    getNextTracks: {
      ...get,
      path: `${session}/next?limit={limit}`,
      scope: playback,
      evidence: 'reported',
      repeatable: false,
    },
    getPreviousTracks: {
      ...get,
      path: `${session}/previous?limit={limit}`,
      scope: playback,
      evidence: 'reported',
      repeatable: false,
    },
    // Modelled on V2's …/queues/{id}/view.
    getPlaybackQueue: { ...get, path: `${session}/view`, scope: playback, evidence: 'inferred' },
    getActiveSessions: { ...get, path: `${sessions}/active`, scope: playback, evidence: 'reported' },
    restoreSession: {
      ...post,
      path: `${session}/restore`,
      scope: playback,
      evidence: 'inferred',
      body: { takeOverType: '$takeOverType' },
    },
    queueNext: {
      ...post,
      path: `${session}/next`,
      scope: playback,
      evidence: 'inferred',
      body: oneItem,
      required: ['id'],
    },
    queueLast: {
      ...post,
      path: `${session}/last`,
      scope: playback,
      evidence: 'inferred',
      body: oneItem,
      required: ['id'],
    },
    setLoop: {
      ...put,
      path: `${session}/loop`,
      scope: playback,
      evidence: 'inferred',
      body: { loopMode: '$loopMode' },
      required: ['loopMode'],
    },
    setShuffle: {
      ...put,
      path: `${session}/shuffle`,
      scope: playback,
      evidence: 'inferred',
      body: { shuffleMode: '$shuffleMode' },
      required: ['shuffleMode'],
    },
    reportEvent: {
      ...post,
      path: '/v1/playback/event',
      scope: playback,
      evidence: 'reported',
      body: {
        metricId: '$metricId',
        event: {
          type: '$type',
          clientTimestampInMilliseconds: '$clientTimestampInMilliseconds',
          initialPlaybackDelayMilliseconds: '$initialPlaybackDelayMilliseconds',
          deviceTimezone: '$deviceTimezone',
          playbackCurrentSpeed: '$playbackCurrentSpeed',
          durationSeconds: '$durationSeconds',
          entityProgressSeconds: '$entityProgressSeconds',
          rebufferCount: '$rebufferCount',
          terminationReason: '$terminationReason',
        },
      },
      required: ['metricId', 'type'],
    },
    // Each event has the body of reportEvent.
    reportEvents: {
      ...post,
      path: '/v1/playback/events',
      scope: playback,
      evidence: 'inferred',
      body: { events: '$events' },
      required: ['events'],
    },

    search: {
      ...get,
      path: '/v1/search?query={query}&limit={limit}',
      scope: 'music::catalog',
      evidence: 'documented',
      required: ['query'],
      audioHeaders: false,
    },
    searchTracks: search('/v1/search/tracks', 'documented'),
    searchAlbums: search('/v1/search/albums', 'reported'),
    searchArtists: search('/v1/search/artists', 'reported'),
    searchPlaylists: search('/v1/search/playlists', 'reported'),
  },

  // Documented; the list of capabilities only as an example.
  audioHeaders: {
    'X-Amzn-Audio-DRMType': 'WIDEVINE',
    'X-Amzn-Audio-Device-Capability': 'STD_RES,HI_FI,HI_RES,THREE_DIMENSIONAL',
  },

  words: {
    // Documented for Create New Session, inferred for Set Playback Mode.
    shuffle: { on: 'SHUFFLE_ON', off: 'SHUFFLE_OFF' },
    loop: { on: 'LOOP_ON', off: 'LOOP_OFF' },
    autoplay: { on: 'AUTOPLAY_ON', off: 'AUTOPLAY_OFF' },
    // Reported; other values are unknown.
    takeOver: { auto: 'AUTO' },
    // Reported.
    event: { start: 'start', stop: 'stop' },
    // Inferred from Amazon's web playback engine.
    terminationReason: {
      error: 'error',
      networkError: 'networkError',
      systemStop: 'systemStop',
      trackFinished: 'trackFinished',
      trackScrub: 'trackScrub',
      userNext: 'userNext',
      userPrev: 'userPrev',
      userStop: 'userStop',
    },
  },

  // track: reported; album: documented in part; the others: inferred from these.
  mrn: {
    track: 'mrn:1.0:catalog:track:asin:{id}',
    album: 'mrn:1.0:catalog:album:asin:{id}',
    artist: 'mrn:1.0:catalog:artist:asin:{id}',
    playlist: 'mrn:1.0:catalog:playlist:asin:{id}',
    userPlaylist: 'mrn:1.0:library:playlist:uuid:{id}',
    station: 'mrn:1.0:catalog:station:key:{id}',
    podcast: 'mrn:1.0:catalog:podcast-show:{idType}:{id}',
    episode: 'mrn:1.0:catalog:podcast-episode:{idType}:{id}',
  },

  // The editions of the pages say 1-10, 1-11 and 1-5 for a window, 100 and 20 for a search: these values
  // satisfy all.
  limits: { window: 5, search: 20 },
}
