import type { Playable } from '../catalog/entities.ts'
import { albumRef, artistRef } from '../music/entity-json.ts'
import { images } from '../music/images.ts'
import type { Caller } from '../music/caller.ts'
import type { MusicWorld } from '../music/music-world.ts'
import { actionsFor } from './actions.ts'
import type { Entry } from './entry.ts'
import type { Session } from './session.ts'

/**
 * How queue entities are typed. `TrackPlayable` is reported by third parties; the others are guesses by analogy, as
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
 * A playable as Create, Get Current, Next and Previous hand it out: with the audio URL, the licence header and the
 * `metricId` to report it by. The sandbox's audio is a plain WAV file: protocol and format say so.
 */
export function queueEntity(music: MusicWorld, caller: Caller, session: Session, entry: Entry): Json {
  if (!session.handedOut.has(entry.metricId)) {
    session.handedOut.set(entry.metricId, entry)
    music.secrets.licenceTokens.add(entry.licenceToken)
  }
  const url = audioUrl(music, entry)
  return {
    ...listedEntity(music, caller, session, entry),
    playbackInformation: { url, protocol: 'HTTP', format: 'WAV' },
    licenseHeaders: { 'x-amzn-music-license-token': entry.licenceToken },
    mediaMetadata: { url, drmType: 'NONE', mediaType: 'AUDIO' },
    metricId: entry.metricId,
  }
}

/** The same without what is needed to play it: as Get Playback Queue lists it. */
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
    durationSeconds: playable.durationSeconds,
    actions: actionsFor(session.account.tier, playable.kind, session.isStation, skips),
    ...particulars(playable, music.publicUrl(), caller.imageSize),
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

/** Signed anew once half its life is over, so that a client has time to use what it just got. */
function audioUrl(music: MusicWorld, entry: Entry): string {
  const nowSeconds = Math.floor(music.clock.epochMs() / 1000)
  const life = music.conditions.audioUrlLifetime
  if (entry.signed === null || entry.signed.expiresEpochSeconds - nowSeconds < life / 2) {
    entry.signed = music.signedAudio.sign(entry.playable.id, nowSeconds + life)
    music.secrets.audioSignatures.add(entry.signed.signature)
  }
  return music.publicUrl() + entry.signed.path
}
