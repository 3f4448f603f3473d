import { availabilities } from './availability.ts'
import { entityWordOf, nodeOf, type Described } from './described.ts'
import { eventTypes, triggerTypes } from './event-types.ts'
import {
  addressOf,
  announceTemplate,
  attributesTemplate,
  oneOf,
  onOffOf,
  playTemplate,
  sleepMinutesTemplate,
  sleepTemplate,
  updateTemplate,
  valueOf,
} from './templates.ts'

/** A component of Home Assistant's MQTT integration: its platform and the platform's options. */
export type Component = Readonly<Record<string, unknown>> & { readonly platform: string }

export type Components = Readonly<Record<string, Component>>

const diagnostic = { entity_category: 'diagnostic' }
const config = { entity_category: 'config' }
const disabled = { enabled_by_default: false }

/**
 * All components of the agent in Home Assistant, by a key that is never renamed: unique ids contain it.
 *
 * @param presets names that `set/preset` accepts
 */
export function componentsOf(described: Described, presets: readonly string[]): Components {
  const { topicOf, product, canAnnounce } = described
  const { signedIn, served, cover, login, page } = availabilities(topicOf)
  const ofState = { state_topic: topicOf('state') }
  const ofLogin = { state_topic: topicOf('login') }

  const entity = (
    key: string,
    platform: string,
    name: string,
    more: Readonly<Record<string, unknown>>,
  ): readonly [string, Component] => [
    key,
    {
      platform,
      name,
      unique_id: `${nodeOf(described)}_${key}`,
      default_entity_id: `${platform}.${entityWordOf(described)}_${key}`,
      ...more,
    },
  ]
  const sensor = (
    key: string,
    name: string,
    field: string,
    more: Readonly<Record<string, unknown>>,
  ): readonly [string, Component] =>
    entity(key, 'sensor', name, { ...ofState, value_template: valueOf(field), ...more })
  const button = (
    verb: string,
    name: string,
    icon: string,
    more: Readonly<Record<string, unknown>> = {},
  ): readonly [string, Component] =>
    entity(verb, 'button', name, { command_topic: topicOf('command'), payload_press: verb, icon, ...more })
  const onOff = (key: string, name: string, icon: string, more = {}): readonly [string, Component] =>
    entity(key, 'switch', name, {
      ...ofState,
      value_template: onOffOf(key),
      command_topic: topicOf(`set/${key}`),
      icon,
      ...more,
    })
  const image = (key: string, name: string, topic: string, more: object): readonly [string, Component] =>
    entity(key, 'image', name, { image_topic: topicOf(topic), content_type: 'image/png', ...more })

  return Object.fromEntries([
    [
      'playback',
      {
        platform: 'sensor',
        name: null,
        unique_id: `${nodeOf(described)}_playback`,
        default_entity_id: `sensor.${entityWordOf(described)}`,
        ...ofState,
        value_template: valueOf('state'),
        device_class: 'enum',
        options: ['playing', 'paused', 'buffering', 'idle', 'off'],
        json_attributes_topic: topicOf('state'),
        json_attributes_template: attributesTemplate,
        icon: 'mdi:music-circle',
      },
    ],
    sensor('title', 'Title', 'media_title', { icon: 'mdi:music-note' }),
    sensor('artist', 'Artist', 'media_artist', { icon: 'mdi:account-music' }),
    sensor('album', 'Album', 'media_album_name', { icon: 'mdi:album' }),
    sensor('duration', 'Duration', 'media_duration', { ...seconds, ...disabled }),
    sensor('position', 'Position', 'media_position', { ...seconds, ...disabled }),
    image('cover', 'Cover', 'cover', { content_type: 'image/jpeg', ...cover }),

    button('play', 'Play', 'mdi:play', signedIn),
    button('pause', 'Pause', 'mdi:pause'),
    button('play_pause', 'Play or pause', 'mdi:play-pause', signedIn),
    button('stop', 'Stop', 'mdi:stop'),
    button('next', 'Next track', 'mdi:skip-next', served),
    button('previous', 'Previous track', 'mdi:skip-previous', served),
    entity('volume', 'number', 'Volume', {
      ...ofState,
      value_template: valueOf('volume'),
      command_topic: topicOf('set/volume'),
      min: 0,
      max: 100,
      step: 1,
      mode: 'slider',
      unit_of_measurement: '%',
      icon: 'mdi:volume-high',
    }),
    onOff('muted', 'Mute', 'mdi:volume-mute'),
    onOff('shuffle', 'Shuffle', 'mdi:shuffle', served),
    entity('repeat', 'select', 'Repeat', {
      ...ofState,
      value_template: valueOf('repeat'),
      command_topic: topicOf('set/repeat'),
      options: ['off', 'all'],
      icon: 'mdi:repeat',
      ...served,
    }),
    entity('preset', 'select', 'Preset', {
      ...ofState,
      value_template: oneOf('preset', presets),
      command_topic: topicOf('set/preset'),
      options: presets,
      icon: 'mdi:playlist-music',
      ...signedIn,
    }),
    entity('play_media', 'text', 'Play', {
      command_topic: topicOf('request/play'),
      command_template: playTemplate,
      min: 1,
      max: 255,
      icon: 'mdi:magnify',
      ...signedIn,
    }),
    entity('play_long', 'notify', 'Play (any length)', {
      command_topic: topicOf('request/play'),
      command_template: playTemplate,
      icon: 'mdi:link-variant',
      ...signedIn,
    }),
    ...(canAnnounce
      ? [
          entity('announce', 'notify', 'Announce', {
            command_topic: topicOf('request/announce'),
            command_template: announceTemplate,
            icon: 'mdi:bullhorn',
          }),
          entity('announcing', 'binary_sensor', 'Announcing', {
            ...ofState,
            value_template: onOffOf('announcing'),
            icon: 'mdi:bullhorn-outline',
          }),
        ]
      : []),
    entity('sleep', 'number', 'Sleep timer', {
      ...ofState,
      value_template: sleepMinutesTemplate,
      command_topic: topicOf('request/sleep'),
      command_template: sleepTemplate,
      min: 0,
      max: 1440,
      step: 1,
      mode: 'box',
      unit_of_measurement: 'min',
      icon: 'mdi:timer-outline',
    }),
    sensor('sleep_at', 'Sleep timer ends', 'sleep_at', { device_class: 'timestamp', ...disabled }),
    sensor('skips_left', 'Skips left', 'remaining_skips', {
      icon: 'mdi:skip-next-circle-outline',
      ...diagnostic,
    }),
    sensor('service', 'Music service', 'service', {
      device_class: 'enum',
      options: ['ok', 'degraded', 'offline'],
      icon: 'mdi:cloud-outline',
      ...diagnostic,
    }),

    image('login_qr', 'Sign-in QR code', 'login/qr', { ...diagnostic, ...login }),
    sensor('login_url', 'Sign-in address', '', {
      ...ofLogin,
      value_template: addressOf('verification_uri_complete'),
      icon: 'mdi:link',
      ...diagnostic,
    }),
    sensor('login_code', 'Sign-in code', 'user_code', {
      ...ofLogin,
      icon: 'mdi:form-textbox-password',
      ...diagnostic,
    }),
    sensor('login_expires', 'Sign-in code expires', 'expires_at', {
      ...ofLogin,
      device_class: 'timestamp',
      ...diagnostic,
      ...disabled,
    }),
    button('login', 'Link account', 'mdi:account-plus', config),
    entity('account', 'binary_sensor', 'Account', {
      state_topic: topicOf('account'),
      value_template: onOffOf('linked'),
      device_class: 'connectivity',
      json_attributes_topic: topicOf('account'),
      ...diagnostic,
    }),

    entity('problem', 'binary_sensor', 'Problem', {
      state_topic: topicOf('error'),
      value_template: onOffOf('active'),
      device_class: 'problem',
      json_attributes_topic: topicOf('error'),
      ...diagnostic,
    }),
    sensor('last_error', 'Last error', 'code', {
      state_topic: topicOf('error'),
      json_attributes_topic: topicOf('error'),
      icon: 'mdi:alert-circle-outline',
      ...diagnostic,
    }),
    image('problem_qr', 'Page to open', 'error/qr', { ...diagnostic, ...page }),
    button('restart', 'Restart', 'mdi:restart', { device_class: 'restart', ...diagnostic, ...disabled }),
    entity('update', 'update', 'Software', {
      state_topic: topicOf('update'),
      value_template: updateTemplate,
      title: product,
      ...diagnostic,
    }),
    entity('events', 'event', 'Events', {
      state_topic: topicOf('event'),
      event_types: eventTypes,
      icon: 'mdi:music-note-eighth',
    }),
    ...triggerTypes.map((type): readonly [string, Component] => [
      `trigger_${type}`,
      {
        platform: 'device_automation',
        automation_type: 'trigger',
        topic: topicOf('trigger'),
        payload: type,
        type,
        subtype: 'player',
      },
    ]),
  ])
}

const seconds = {
  device_class: 'duration',
  unit_of_measurement: 's',
  suggested_display_precision: 0,
}
