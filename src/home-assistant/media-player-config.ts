import { deviceOf, displayNameOf, nodeOf, type Described } from './described.ts'
import type { MediaPlayerDialect } from './media-player-dialect.ts'
import type { MirrorTopics } from './mirror-topics.ts'

/** @returns undefined: no media player is announced */
export function describeMediaPlayer(
  dialect: MediaPlayerDialect,
  described: Described,
  mirror: MirrorTopics,
  presets: readonly string[],
): Readonly<Record<string, unknown>> | undefined {
  switch (dialect) {
    case 'mqtt_media_player':
      return plainPlayer(described, mirror)
    case 'mqtt_media_player_shyndman':
      return shyndmansPlayer(described, mirror)
    case 'mqtt_universal_media_player':
      return universalPlayer(described, mirror, presets)
    case 'off':
      return undefined
  }
}

/**
 * The integrations of bkbilly and MiCodesOrg read the same keys and ignore the other's. bkbilly's has its own
 * payloads for mute, in both directions; MiCodesOrg's accepts them too.
 */
function plainPlayer(
  described: Described,
  { of, setVolume, playMedia }: MirrorTopics,
): Readonly<Record<string, unknown>> {
  const { topicOf } = described
  const command = topicOf('command')
  return {
    ...namesOf(described),
    availability: { topic: topicOf('availability') },
    state_state_topic: of.state,
    state_title_topic: of.title,
    state_artist_topic: of.artist,
    state_album_topic: of.album,
    state_duration_topic: of.duration,
    state_position_topic: of.position,
    state_albumart_topic: of.albumart,
    state_mediatype_topic: of.media_type,
    state_volume_topic: of.volume,
    state_mute_topic: of.mute,
    command_volume_topic: setVolume,
    command_mute_topic: command,
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
    state_source_topic: of.source,
    command_mute_on_payload: 'mute',
    command_mute_off_payload: 'unmute',
    command_seek_topic: topicOf('set/media_position'),
  }
}

/**
 * shyndman's integration refuses a payload with an unknown key. Its payloads Play, Pause, Stop, Next and
 * Previous are verbs of the agent, which ignores case. It gets no image topic: it loads images in a way
 * that Home Assistant no longer supports, and would log a failure for each.
 */
function shyndmansPlayer(
  described: Described,
  { of, setVolume, playMedia }: MirrorTopics,
): Readonly<Record<string, unknown>> {
  const { topicOf } = described
  const command = topicOf('command')
  return {
    ...namesOf(described),
    availability_topic: topicOf('availability'),
    state_topic: of.state,
    media_title_topic: of.title,
    media_artist_topic: of.artist,
    media_album_name_topic: of.album,
    media_duration_topic: of.duration,
    media_position_topic: of.position,
    media_content_type_topic: of.media_type,
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

function namesOf(described: Described): Readonly<Record<string, unknown>> {
  return {
    name: displayNameOf(described),
    unique_id: `${nodeOf(described)}_media_player`,
    device: deviceOf(described),
  }
}
