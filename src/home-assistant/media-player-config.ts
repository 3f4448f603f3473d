import { deviceOf, displayNameOf, nodeOf, type Described } from './described.ts'
import type { MirrorTopics } from './mirror-topics.ts'

/** Which of the integrations that add media players over MQTT is told of this one. */
export type MediaPlayerDialect = 'mqtt_media_player' | 'mqtt_universal_media_player' | 'off'

/** undefined: none is to be told. */
export function describeMediaPlayer(
  dialect: MediaPlayerDialect,
  described: Described,
  mirror: MirrorTopics,
  presets: readonly string[],
): Readonly<Record<string, unknown>> | undefined {
  switch (dialect) {
    case 'mqtt_media_player':
      return plainPlayer(described, mirror)
    case 'mqtt_universal_media_player':
      return universalPlayer(described, mirror, presets)
    case 'off':
      return undefined
  }
}

/**
 * Three integrations share the domain mqtt_media_player: bkbilly's, MiCodesOrg's and shyndman's. Their keys do not
 * clash, so one message serves whichever is installed.
 */
function plainPlayer(
  described: Described,
  { of, setVolume, playMedia }: MirrorTopics,
): Readonly<Record<string, unknown>> {
  const { topicOf } = described
  const command = topicOf('command')
  return {
    name: displayNameOf(described),
    unique_id: `${nodeOf(described)}_media_player`,
    device: deviceOf(described),
    availability: { topic: topicOf('availability') },

    // bkbilly and MiCodesOrg
    state_state_topic: of.state,
    state_title_topic: of.title,
    state_artist_topic: of.artist,
    state_album_topic: of.album,
    state_duration_topic: of.duration,
    state_position_topic: of.position,
    state_albumart_topic: of.albumart,
    state_mediatype_topic: of.media_type,
    state_volume_topic: of.volume,
    command_volume_topic: setVolume,
    ...Object.fromEntries(
      [
        ['play', 'play'],
        ['pause', 'pause'],
        ['playpause', 'play_pause'],
        ['next', 'next'],
        ['previous', 'previous'],
      ].flatMap(([name = '', verb]) => [
        [`command_${name}_topic`, command],
        [`command_${name}_payload`, verb],
      ]),
    ),
    command_playmedia_topic: playMedia,

    // MiCodesOrg
    state_mute_topic: of.muted,
    state_source_topic: of.source,
    command_mute_topic: topicOf('set/muted'),
    command_mute_on_payload: 'ON',
    command_mute_off_payload: 'OFF',
    command_seek_topic: topicOf('set/media_position'),

    // shyndman, whose words Play, Pause, Stop, Next and Previous are verbs of ours in any case of letters
    availability_topic: topicOf('availability'),
    state_topic: of.state,
    media_title_topic: of.title,
    media_artist_topic: of.artist,
    media_album_name_topic: of.album,
    media_duration_topic: of.duration,
    media_position_topic: of.position,
    media_content_type_topic: of.media_type,
    media_image_url_topic: of.image_url,
    volume_level_topic: of.volume,
    is_volume_muted_topic: of.muted,
    shuffle_topic: of.shuffle,
    repeat_topic: of.repeat,
    source_topic: of.source,
    source_list_topic: of.source_list,
    play_topic: command,
    pause_topic: command,
    stop_topic: command,
    next_topic: command,
    previous_topic: command,
    volume_set_topic: setVolume,
    mute_topic: topicOf('set/muted'),
    shuffle_set_topic: topicOf('set/shuffle'),
    repeat_set_topic: topicOf('set/repeat'),
    seek_topic: topicOf('set/media_position'),
    select_source_topic: topicOf('set/preset'),
    play_media_topic: playMedia,
  }
}

/** The integration mqtt_universal_media_player reads topics `state` and `cover` as they are. */
function universalPlayer(
  described: Described,
  { command }: MirrorTopics,
  presets: readonly string[],
): Readonly<Record<string, unknown>> {
  const { topicOf } = described
  const verbs = ['play', 'pause', 'play_pause', 'stop', 'next', 'previous']
  return {
    platform: 'mqtt_universal_media_player',
    unique_id: `${nodeOf(described)}_media_player`,
    device: deviceOf(described),
    device_class: 'speaker',
    state_topic: topicOf('state'),
    command_topic: command,
    availability_topic: topicOf('availability'),
    image_topic: topicOf('cover'),
    commands: {
      ...Object.fromEntries(verbs.map((verb) => [verb, { key: 'command', value: verb }])),
      volume_set: { key: 'volume', min: 0, max: 100, step: 1 },
      mute: { key: 'muted' },
      source: { key: 'preset' },
      play_media: { key: 'play_media' },
    },
    sources: presets.map((name) => ({ id: name, name })),
  }
}
