import { isAbsolute, join } from 'node:path'

import { logLevels } from '../lib/log.ts'
import { clientId, scopes, securityProfileId } from './amazon-kinds.ts'
import {
  brokerUrl,
  commandLine,
  deviceName,
  hosts,
  hours,
  locale,
  logLevel,
  mixer,
  onOff,
  path,
  secret,
  slugOf,
  slugs,
  text,
  topic,
  webUrl,
  wholeNumber,
  word,
} from './kinds.ts'
import { derived, optional, preset, required, type Environment, type Facts, type Setting } from './setting.ts'

const product = 'amazonmusic2mqtt'

/**
 * Every setting, once. The types, the flags, the checks, the help, the README's table and .env.example are made
 * from it; the order is the one in which people read them.
 */
export const settingsTable = {
  lwaClientId: required(
    'A2M_LWA_CLIENT_ID',
    clientId,
    'Client ID of a Login with Amazon client for "TVs and other devices" (amzn1.application-oa2-client.…).',
    { shortened: true },
  ),
  securityProfileId: required(
    'A2M_SECURITY_PROFILE_ID',
    securityProfileId,
    'ID of the security profile that Amazon Music has enabled (amzn1.application.…).',
    { shortened: true },
  ),
  scopes: preset(
    'A2M_SCOPES',
    scopes,
    'music::playback music::catalog',
    'What to ask the user for, with spaces between.',
  ),
  lwaUrl: preset('A2M_LWA_URL', webUrl, 'https://api.amazon.com', 'Address of Login with Amazon.'),
  musicUrl: preset(
    'A2M_MUSIC_URL',
    webUrl,
    'https://api.music.amazon.dev',
    'Address of the Amazon Music Web API, without /v1.',
  ),
  musicRoutesFile: optional(
    'A2M_MUSIC_ROUTES_FILE',
    path,
    'JSON file whose routes replace the built-in ones, for partners who hold the full API reference.',
  ),
  locale: preset('A2M_LOCALE', locale, 'en-US', "Language of Amazon's pages and titles (Accept-Language)."),
  caFile: optional(
    'A2M_CA_FILE',
    path,
    'PEM file of an authority to trust beside the public ones, for all that is fetched: Login with Amazon, API, covers, announcements, streams. The broker has its own.',
  ),

  mqttUrl: preset(
    'A2M_MQTT_URL',
    brokerUrl,
    'mqtt://localhost:1883',
    'Address of the broker: mqtt, mqtts, ws or wss. It may hold user:password.',
  ),
  mqttUsername: optional('A2M_MQTT_USERNAME', text, 'User at the broker.'),
  mqttPassword: optional(
    'A2M_MQTT_PASSWORD',
    secret,
    "Password at the broker. When none is set, the agent takes systemd's credential mqtt-password, if it is given one.",
    { secret: true },
  ),
  mqttPasswordFile: optional(
    'A2M_MQTT_PASSWORD_FILE',
    path,
    'File that holds the password, instead of A2M_MQTT_PASSWORD.',
  ),
  mqttCaFile: optional(
    'A2M_MQTT_CA_FILE',
    path,
    "PEM file of the authority that signed the broker's certificate.",
  ),
  mqttCertFile: optional('A2M_MQTT_CERT_FILE', path, 'PEM file of a client certificate for the broker.'),
  mqttKeyFile: optional('A2M_MQTT_KEY_FILE', path, "PEM file of the client certificate's key."),
  mqttKeyPassphrase: optional(
    'A2M_MQTT_KEY_PASSPHRASE',
    secret,
    'Passphrase of an encrypted A2M_MQTT_KEY_FILE.',
    {
      secret: true,
    },
  ),
  mqttKeyPassphraseFile: optional(
    'A2M_MQTT_KEY_PASSPHRASE_FILE',
    path,
    'File that holds the passphrase, instead of A2M_MQTT_KEY_PASSPHRASE.',
  ),
  mqttServerName: optional(
    'A2M_MQTT_SERVER_NAME',
    text,
    "Name in the broker's certificate, where it is not that in A2M_MQTT_URL.",
  ),
  mqttVersion: preset(
    'A2M_MQTT_VERSION',
    word(['auto', '5', '3.1.1'] as const),
    'auto',
    'MQTT version: 5, 3.1.1, or auto: 5, and 3.1.1 with a broker that does not know 5.',
  ),
  mqttClientId: optional(
    'A2M_MQTT_CLIENT_ID',
    text,
    'Client id at the broker, for one that lets in certain ids only; a2m- and the device id when not set.',
  ),
  baseTopic: preset('A2M_BASE_TOPIC', topic, product, 'First part of every topic.'),
  deviceName: derived(
    'A2M_DEVICE_NAME',
    deviceName,
    (_, { hostName }) => slugOf(hostName.split('.')[0] ?? '') || 'device',
    'the host name',
    'Second part of every topic of this device: small letters, digits, "-" and "_".',
  ),
  groups: preset('A2M_GROUPS', slugs, '', 'Groups this device listens to, with commas between.'),
  stateTopics: preset(
    'A2M_STATE_TOPICS',
    onOff,
    'on',
    'on or off: also publish each key of state as a topic of its own.',
  ),
  haStatusTopic: preset(
    'A2M_HA_STATUS_TOPIC',
    topic,
    'homeassistant/status',
    'Topic on which Home Assistant says that it has started.',
  ),
  discovery: preset(
    'A2M_DISCOVERY',
    word(['device', 'single', 'off'] as const),
    'device',
    'How Home Assistant is told what there is: device, in one message; single, a message per entity, for openHAB before 5.2; off.',
  ),
  discoveryPrefix: preset(
    'A2M_DISCOVERY_PREFIX',
    topic,
    'homeassistant',
    "First part of Home Assistant's discovery topics.",
  ),
  haMediaPlayer: preset(
    'A2M_HA_MEDIA_PLAYER',
    word(['mqtt_media_player', 'mqtt_media_player_shyndman', 'mqtt_universal_media_player', 'off'] as const),
    'mqtt_media_player',
    'The media player integration that is told: mqtt_media_player, mqtt_media_player_shyndman, mqtt_universal_media_player or off.',
  ),

  player: preset(
    'A2M_PLAYER',
    word(['auto', 'none', 'mpv', 'command'] as const),
    'auto',
    'What plays: mpv; command, a program of your own; none, which keeps time without a sound; auto is mpv where it is installed, else none.',
  ),
  playerCommand: optional(
    'A2M_PLAYER_COMMAND',
    commandLine,
    'Program and arguments of player command (docs/player-protocol.md). A JSON list where an argument has spaces in it.',
    { shortened: true },
  ),
  audioDevice: optional(
    'A2M_AUDIO_DEVICE',
    text,
    "mpv's name of the sound device, such as alsa/sysdefault:CARD=vc4hdmi0; null plays in real time without sound. The log lists them.",
  ),
  mixer: optional(
    'A2M_MIXER',
    mixer,
    "Card and control of an ALSA mixer to set the volume with, such as sndrpihifiberry/Digital, instead of mpv's own volume.",
  ),
  volumeLimit: preset(
    'A2M_VOLUME_LIMIT',
    wholeNumber(1, 100),
    '100',
    'The highest volume there is, 1 to 100.',
  ),
  nightVolumeLimit: optional(
    'A2M_NIGHT_VOLUME_LIMIT',
    wholeNumber(1, 100),
    'The highest volume during A2M_QUIET_HOURS.',
  ),
  quietHours: optional(
    'A2M_QUIET_HOURS',
    hours,
    'Hours of the day in local time, such as 22:00-07:00, in which nothing starts by itself and the night volume limit holds.',
  ),
  fadeInMs: preset(
    'A2M_FADE_IN_MS',
    wholeNumber(0, 10_000),
    '0',
    'How long sound rises when playing begins after silence.',
  ),
  fadeOutMs: preset(
    'A2M_FADE_OUT_MS',
    wholeNumber(0, 10_000),
    '0',
    'How long sound falls before a pause or stop.',
  ),
  takeOver: preset(
    'A2M_TAKEOVER',
    word(['ask', 'auto', 'never'] as const),
    'ask',
    "When another device has the account's stream: ask (an answer and an event; `play` with `takeover` goes on), take it over (auto), or never.",
  ),
  resume: preset(
    'A2M_RESUME',
    word(['off', 'paused', 'playing'] as const),
    'off',
    'After a restart: off; paused, what played last is ready for `play`; playing, it goes on by itself, but not in A2M_QUIET_HOURS.',
  ),
  announceMode: preset(
    'A2M_ANNOUNCE',
    word(['duck', 'pause'] as const),
    'duck',
    'What music does during an announcement: play on more quietly (duck), or pause.',
  ),
  announceVolume: optional(
    'A2M_ANNOUNCE_VOLUME',
    wholeNumber(1, 100),
    'Volume of announcements; that of the music when not set.',
  ),
  announceSeconds: preset(
    'A2M_ANNOUNCE_SECONDS',
    wholeNumber(1, 600),
    '60',
    'The longest announcement; the rest of a longer one is cut off.',
  ),
  announceHosts: preset(
    'A2M_ANNOUNCE_HOSTS',
    hosts,
    '',
    'Hosts, with commas between, whose announcements may come from this machine itself or its link, such as localhost or 127.0.0.1:8123.',
  ),
  duckDb: preset(
    'A2M_DUCK_DB',
    wholeNumber(3, 60),
    '20',
    'By how many decibels music is lowered during an announcement.',
  ),
  hook: optional(
    'A2M_HOOK',
    commandLine,
    'Program that is run at each event, with the event as JSON on its standard input.',
    { shortened: true },
  ),
  hookSeconds: preset('A2M_HOOK_SECONDS', wholeNumber(1, 300), '10', 'How long a run of the hook may take.'),
  stateDir: derived(
    'A2M_STATE_DIR',
    path,
    defaultStateDir,
    `$STATE_DIRECTORY, else $XDG_STATE_HOME/${product}, else ~/.local/state/${product}`,
    'Folder for the sign-in and what else must survive a restart.',
  ),
  logLevel: preset('A2M_LOG_LEVEL', logLevel, 'info', `What to log: ${logLevels.join(', ')}.`),
  mqttLogLevel: preset(
    'A2M_MQTT_LOG_LEVEL',
    word(['off', ...logLevels.filter((level) => level !== 'silent')] as const),
    'off',
    'What of the log to publish on topic log: off, or a level as above.',
  ),
} as const satisfies Readonly<Record<string, Setting<unknown>>>

export type SettingKey = keyof typeof settingsTable

/** What the agent runs on. Made from the table. */
export type Settings = {
  readonly [K in SettingKey]: (typeof settingsTable)[K] extends Setting<infer T> ? T : never
}

export const settingKeys = Object.keys(settingsTable) as SettingKey[]

/** The flag of a setting, without its dashes: `mqtt-url` for `A2M_MQTT_URL`. */
export function flagOf(env: string): string {
  return env.slice('A2M_'.length).toLowerCase().replaceAll('_', '-')
}

/** systemd names its StateDirectory= folders with colons between; the XDG rules have relative paths ignored. */
function defaultStateDir(env: Environment, { homeDir }: Facts): string {
  const fromSystemd = env['STATE_DIRECTORY']?.split(':')[0] ?? ''
  if (fromSystemd !== '') return fromSystemd
  const userState = env['XDG_STATE_HOME'] ?? ''
  return join(isAbsolute(userState) ? userState : join(homeDir, '.local', 'state'), product)
}
