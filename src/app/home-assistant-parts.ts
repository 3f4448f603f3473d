import type { Clock } from '../lib/clock.ts'
import type { AppError } from '../lib/errors.ts'
import type { Log } from '../lib/log.ts'
import { openStoredFile } from '../lib/storage/stored-file.ts'
import type { Broker, IncomingMessage } from '../mqtt/broker.ts'
import { mostCommandBytes } from '../mqtt/connection/incoming.ts'
import type { Subscription } from '../mqtt/types.ts'
import type { Presets } from '../bridge/presets.ts'
import type { StatePayload } from '../bridge/state/state-codec.ts'
import type { Topics } from '../bridge/topics.ts'
import { decodeAnnounced, encodeAnnounced } from '../home-assistant/announced.ts'
import { configTopics, type ConfigTopics } from '../home-assistant/config-topics.ts'
import { describe } from '../home-assistant/describe.ts'
import { nodeOf, wordOf } from '../home-assistant/described.ts'
import { Discovery } from '../home-assistant/discovery.ts'
import { translate } from '../home-assistant/media-player-commands.ts'
import { MediaPlayerMirror } from '../home-assistant/media-player-mirror.ts'
import { mirrorTopics, type MirrorTopics } from '../home-assistant/mirror-topics.ts'
import type { Settings } from '../settings/table.ts'
import { product, version } from '../version.ts'

/** The topics that the agent and Home Assistant share. */
export interface HomeAssistantPlaces {
  readonly deviceId: string
  readonly deviceName: string
  readonly config: ConfigTopics
  readonly mirror: MirrorTopics
  readonly mediaPlayer: Settings['haMediaPlayer']
  readonly subscriptions: readonly Subscription[]
}

/** @returns a getter, because the device name may change */
export function homeAssistantPlaces(
  settings: Settings,
  deviceId: string,
  topics: Topics,
): () => HomeAssistantPlaces {
  const { discovery, discoveryPrefix, haMediaPlayer, haStatusTopic, stateTopics } = settings
  const mediaPlayer = discovery === 'off' ? 'off' : haMediaPlayer
  const placesOf = (deviceName: string): HomeAssistantPlaces => {
    const named = { product, deviceId, deviceName }
    const config = configTopics(discoveryPrefix, nodeOf(named), [product, wordOf(named)].join('_'))
    const mirror = mirrorTopics((name) => topics.of(name), stateTopics, mediaPlayer)
    const commands = {
      off: [],
      mqtt_media_player: [mirror.setVolume, mirror.playMedia],
      mqtt_media_player_shyndman: [mirror.setVolume, mirror.playMedia],
      mqtt_universal_media_player: [mirror.command],
    }
    const subscriptions = [
      { topic: haStatusTopic, purpose: "noticing Home Assistant's start" },
      ...(discovery === 'off' ? [] : config.filters).map((topic) => ({
        topic,
        purpose: 'noticing that the device was removed in Home Assistant',
      })),
      ...commands[mediaPlayer].map((topic) => ({ topic, purpose: "Home Assistant's media player" })),
    ].map((subscription) => ({ ...subscription, retainHandling: 2 as const }))
    return { deviceId, deviceName, config, mirror, mediaPlayer, subscriptions }
  }
  let places = placesOf(topics.device)
  return () => (places = places.deviceName === topics.device ? places : placesOf(topics.device))
}

export interface HomeAssistantOptions {
  readonly settings: Settings
  readonly places: () => HomeAssistantPlaces
  readonly topics: Topics
  readonly broker: Broker
  readonly presets: Presets
  readonly canAnnounce: boolean
  readonly clock: Clock
  readonly log: Log
}

/** Messages to and from Home Assistant. */
export interface HomeAssistant {
  /** @returns the message, translated for the bridge if necessary */
  receive(message: IncomingMessage): IncomingMessage
  connected(): void
  /** The broker does not accept a message to `topic`. */
  refused(topic: string, error: AppError): void
  born(): void
  presetsChanged(): void
  renamed(): void
  state(state: StatePayload): void
  cover(picture: Buffer | undefined): void
  run(signal: AbortSignal): Promise<void>
}

export function buildHomeAssistant(options: HomeAssistantOptions): HomeAssistant {
  const { settings, places, topics, broker, presets, canAnnounce, clock, log } = options
  const { deviceId, mediaPlayer } = places()
  const { discovery: mode, stateDir: folder } = settings
  const topicOf = (name: string): string => topics.of(name)
  const mirror =
    places().mirror.own.length > 0
      ? new MediaPlayerMirror({
          get topics() {
            return places().mirror
          },
          broker,
        })
      : undefined
  let state: StatePayload | undefined

  const discovery = new Discovery({
    mode,
    get topics() {
      return places().config
    },
    otherTopics() {
      const { own, of } = places().mirror
      return own.map((field) => of[field])
    },
    broker,
    store: openStoredFile({
      folder,
      name: 'home-assistant',
      decode: decodeAnnounced,
      encode: encodeAnnounced,
      log,
    }),
    describe(form, ever) {
      const { deviceName, config: configs, mirror: mirrored } = places()
      const described = { deviceId, deviceName, product, version, topicOf, canAnnounce }
      return describe(
        { described, mode: form, mediaPlayer, topics: configs, mirror: mirrored },
        presets.names,
        ever,
      )
    },
    restate() {
      if (state === undefined) return
      broker.send(topics.of('state'), JSON.stringify(state), { contentType: 'application/json' })
    },
    clock,
    log,
  })
  mirror?.presets(presets.names)

  return {
    receive(message) {
      discovery.receive(message)
      const isLong = message.payload.length > mostCommandBytes
      const translated = translate(places().mirror, message.topic, isLong ? Buffer.alloc(0) : message.payload)
      if (translated === undefined) return message
      // Keeps the long payload: the bridge refuses it.
      if (isLong) return { ...message, topic: topics.of(translated.name) }
      return { ...message, topic: topics.of(translated.name), payload: Buffer.from(translated.payload) }
    },
    connected: () => discovery.connected(),
    refused: (topic, error) => discovery.refused(topic, error),
    born: () => discovery.born(),
    presetsChanged() {
      mirror?.presets(presets.names)
      discovery.changed()
    },
    renamed: () => discovery.renamed(),
    state(now) {
      if (now === state) return
      state = now
      mirror?.state(now)
    },
    cover: (picture) => mirror?.cover(picture),
    run: (signal) => discovery.run(signal),
  }
}
