/**
 * Where media player integrations read one plain value each. What topic `state/<key>` says in the form they want is
 * not said twice: a change of tracks is messages enough.
 */
export interface MirrorTopics {
  /** Topic by field. */
  readonly of: Readonly<Record<MirrorField, string>>
  /** The fields that have a topic of their own, and are to be fed. */
  readonly own: readonly MirrorField[]
  readonly setVolume: string
  readonly playMedia: string
  /** For the integration that sends everything to one topic. */
  readonly command: string
}

/** Keys of `state` whose scalar topic is just what a media player wants to read. */
const twins = {
  title: 'media_title',
  artist: 'media_artist',
  album: 'media_album_name',
  image_url: 'media_image_url',
  repeat: 'repeat',
  source: 'preset',
} as const

const others = [
  'state',
  'duration',
  'position',
  'volume',
  'muted',
  'shuffle',
  'media_type',
  'source_list',
  'albumart',
] as const

export type MirrorField = keyof typeof twins | (typeof others)[number]

/** @param scalars whether `state/<key>` is published */
export function mirrorTopics(topicOf: (name: string) => string, scalars: boolean): MirrorTopics {
  const paired = Object.keys(twins) as (keyof typeof twins)[]
  const own: readonly MirrorField[] = scalars ? others : [...others, ...paired]
  return {
    of: Object.fromEntries([
      ...paired.map((field) => [field, topicOf(`state/${twins[field]}`)]),
      ...own.map((field) => [field, topicOf(`player/${field}`)]),
    ]) as Record<MirrorField, string>,
    own,
    setVolume: topicOf('player/set/volume'),
    playMedia: topicOf('player/set/play_media'),
    command: topicOf('player/command'),
  }
}
