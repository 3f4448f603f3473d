import type { MediaPlayerDialect } from './media-player-dialect.ts'

/**
 * Topics with one plain value each, for media player integrations. A value that `state/<key>` already has in
 * the right form is not published twice: a change of tracks causes enough messages.
 */
export interface MirrorTopics {
  /** Topic by field. */
  readonly of: Readonly<Record<MirrorField, string>>
  /** Fields with a topic of their own, to be published. */
  readonly own: readonly MirrorField[]
  readonly setVolume: string
  readonly playMedia: string
  /** For the integration that sends all commands to one topic. */
  readonly command: string
}

/** Keys of `state` that media players have too. */
const twins = {
  title: 'media_title',
  artist: 'media_artist',
  album: 'media_album_name',
  duration: 'media_duration',
  position: 'media_position',
  muted: 'muted',
  shuffle: 'shuffle',
  repeat: 'repeat',
  source: 'preset',
} as const

type Twin = keyof typeof twins

const others = ['state', 'volume', 'mute', 'media_type', 'source_list', 'albumart'] as const

export type MirrorField = Twin | (typeof others)[number]

interface Reading {
  /** Read from the topics `state/<key>`, if these are published. */
  readonly shared: readonly Twin[]
  readonly own: readonly MirrorField[]
}

const nothing: Reading = { shared: [], own: [] }

const readBy: Readonly<Record<MediaPlayerDialect, Reading>> = {
  mqtt_media_player: {
    shared: ['title', 'artist', 'album', 'duration', 'position', 'source'],
    own: ['state', 'volume', 'mute', 'media_type', 'albumart'],
  },
  mqtt_media_player_shyndman: {
    // This integration warns about an empty duration or position.
    shared: ['title', 'artist', 'album', 'muted', 'shuffle', 'repeat', 'source'],
    own: ['state', 'duration', 'position', 'volume', 'media_type', 'source_list'],
  },
  mqtt_universal_media_player: nothing,
  off: nothing,
}

/** @param scalars whether `state/<key>` is published */
export function mirrorTopics(
  topicOf: (name: string) => string,
  scalars: boolean,
  dialect: MediaPlayerDialect,
): MirrorTopics {
  const reading = readBy[dialect]
  const shared = scalars ? reading.shared : []
  const fields = [...(Object.keys(twins) as Twin[]), ...others]
  return {
    of: {
      ...(Object.fromEntries(fields.map((field) => [field, topicOf(`player/${field}`)])) as Record<
        MirrorField,
        string
      >),
      ...Object.fromEntries(shared.map((field) => [field, topicOf(`state/${twins[field]}`)])),
    },
    own: scalars ? reading.own : [...reading.own, ...reading.shared],
    setVolume: topicOf('player/set/volume'),
    playMedia: topicOf('player/set/play_media'),
    command: topicOf('player/command'),
  }
}
