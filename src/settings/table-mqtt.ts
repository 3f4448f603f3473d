import { brokerUrl, deviceName, onOff, path, secret, slugOf, slugs, text, topic, word } from './kinds.ts'
import { derived, optional, preset, type Setting } from './setting.ts'

/** Rows of src/settings/table.ts: the broker, the topics, and Home Assistant. */
export const mqttSettings = {
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
    "Password at the broker. Default: systemd's credential mqtt-password, where the unit loads it.",
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
    "Name in the broker's certificate, where it differs from the host in A2M_MQTT_URL.",
  ),
  mqttVersion: preset(
    'A2M_MQTT_VERSION',
    word(['auto', '5', '3.1.1'] as const),
    'auto',
    'MQTT version: 5, 3.1.1, or auto, which falls back to 3.1.1 with a broker that does not support 5.',
  ),
  mqttClientId: optional(
    'A2M_MQTT_CLIENT_ID',
    text,
    'Client id at the broker, for brokers that admit certain ids only. Default: a2m- and the device id.',
  ),
  baseTopic: preset('A2M_BASE_TOPIC', topic, 'amazonmusic2mqtt', 'First part of every topic.'),
  deviceName: derived(
    'A2M_DEVICE_NAME',
    deviceName,
    (_, { hostName }) => slugOf(hostName.split('.')[0] ?? '') || 'device',
    'the host name',
    'Second part of every topic of this device: small letters, digits, "-" and "_".',
  ),
  groups: preset('A2M_GROUPS', slugs, '', 'Groups this device listens to, separated by commas.'),
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
    'Birth topic of Home Assistant, on which it publishes that it has started.',
  ),
  discovery: preset(
    'A2M_DISCOVERY',
    word(['device', 'single', 'off'] as const),
    'device',
    'Discovery for Home Assistant: device, one message for all entities; single, one message per entity, for openHAB before 5.2; off.',
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
    'Media player integration to publish discovery for: mqtt_media_player, mqtt_media_player_shyndman, mqtt_universal_media_player or off.',
  ),
} as const satisfies Readonly<Record<string, Setting<unknown>>>
