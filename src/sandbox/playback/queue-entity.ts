import type { Playable } from '../catalog/entities.ts'
import { albumRef, artistRef, images } from '../music/entity-json.ts'
import type { SignedPath, StreamKind } from '../media/signed-audio.ts'
import type { Caller } from '../music/caller.ts'
import type { MusicWorld } from '../music/music-world.ts'
import { actionsFor } from './actions.ts'
import type { Entry } from './queue.ts'
import type { Session } from './sessions.ts'

/**
 * `_type` of queue entities. Third parties report `TrackPlayable`; the others are guesses by analogy, because
 * no public text names them.
 */
const TYPES: Readonly<Record<Playable['kind'], string>> = {
  track: 'TrackPlayable',
  podcastEpisode: 'PodcastEpisodePlayable',
  interlude: 'InterludePlayable',
  ad: 'AdPlayable',
}

type Json = Readonly<Record<string, unknown>>

/**
 * The stream formats in `playbackInformation` and `mediaMetadata`. Third parties report only those of
 * protected streams.
 */
const WORDS: Readonly<Record<StreamKind, { protocol: string; format: string; drmType: string }>> = {
  file: { protocol: 'HTTP', format: 'WAV', drmType: 'NONE' },
  dash: { protocol: 'DASH', format: 'FLAC', drmType: 'NONE' },
  protected: { protocol: 'DASH', format: 'ENCRYPTED_OPUS_FLAC', drmType: 'WIDEVINE' },
}

/**
 * A queue entity as returned by Create, Get Current, Next and Previous: with the audio URL, the licence
 * header and the `metricId` for reports.
 */
export function queueEntity(music: MusicWorld, caller: Caller, session: Session, entry: Entry): Json {
  if (!session.handedOut.has(entry.metricId)) {
    session.handedOut.set(entry.metricId, entry)
    music.secrets.licenceTokens.add(entry.licenceToken)
  }
  const { path, kind } = signedPath(music, entry)
  const url = music.publicUrl() + path
  const { protocol, format, drmType } = WORDS[kind]
  return {
    ...listedEntity(music, caller, session, entry),
    playbackInformation: { url, protocol, format },
    licenseHeaders: { 'x-amzn-music-license-token': entry.licenceToken },
    mediaMetadata: { url, drmType, mediaType: 'AUDIO' },
    metricId: entry.metricId,
  }
}

/** A queue entity without what is needed to play it, as returned by Get Playback Queue. */
export function listedEntity(
  music: MusicWorld,
  caller: Caller,
  session: Session,
  { playable, referenceId }: Entry,
): Json {
  const skips = music.skips.remaining(session.account)
  return {
    _type: TYPES[playable.kind],
    sessionId: session.id,
    entityReferenceId: referenceId,
    id: playable.id,
    title: playable.title,
    ...toldLength(music, playable),
    actions: actionsFor(session.account.tier, playable.kind, session.isStation, skips),
    ...particulars(playable, music.publicUrl(), caller.imageSize),
  }
}

function toldLength({ conditions }: MusicWorld, { durationSeconds }: Playable): Json {
  switch (conditions.lengths) {
    case 'true':
      return { durationSeconds }
    case 'zero':
      return { durationSeconds: 0 }
    case 'negative':
      return { durationSeconds: -durationSeconds }
    case 'missing':
      return {}
  }
}

function particulars(playable: Playable, baseUrl: string, size: number): Json {
  switch (playable.kind) {
    case 'track':
      return {
        artists: [artistRef(playable.artist)],
        album: albumRef(playable.album),
        images: images(baseUrl, playable.album.id, size),
        isrc: playable.isrc,
        parentalSettings: { isKidFriendly: false, hasExplicitLanguage: playable.explicit },
      }
    case 'podcastEpisode':
      return {
        podcastShow: { id: playable.show.id, title: playable.show.title },
        images: images(baseUrl, playable.show.id, size),
      }
    case 'interlude':
    case 'ad':
      return { images: [] }
  }
}

/** Signs again after half the lifetime, so that a URL is valid long enough for the client to use it. */
function signedPath(music: MusicWorld, entry: Entry): SignedPath {
  const nowSeconds = Math.floor(music.clock.epochMs() / 1000)
  const { streams, audioUrlLifetime: life } = music.conditions
  const { id } = entry.playable
  const kind = music.protectedIds.has(id) ? 'protected' : streams
  const { signed } = entry
  if (signed?.kind === kind && signed.expiresEpochSeconds - nowSeconds >= life / 2) return signed
  const anew = music.signedAudio.sign(kind, id, nowSeconds + life)
  music.secrets.audioSignatures.add(anew.signature)
  entry.signed = anew
  return anew
}
