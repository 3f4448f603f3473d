import { availabilities } from './availability.ts'
import { componentsOf, type Components } from './components.ts'
import type { ConfigTopics } from './config-topics.ts'
import { deviceOf, originOf, type Described } from './described.ts'
import { describeMediaPlayer } from './media-player-config.ts'
import type { MediaPlayerDialect } from './media-player-dialect.ts'
import type { MirrorTopics } from './mirror-topics.ts'

/** `device`: one message for all components; `single`: one each, for readers without the former. */
export type DiscoveryMode = 'device' | 'single' | 'off'

export interface DescribeOptions {
  readonly described: Described
  readonly mode: DiscoveryMode
  readonly mediaPlayer: MediaPlayerDialect
  readonly topics: ConfigTopics
  readonly mirror: MirrorTopics
}

/** All discovery messages for Home Assistant. */
export interface Description {
  /** Platform by component key. */
  readonly platforms: Readonly<Record<string, string>>
  /** JSON by topic. */
  readonly messages: ReadonlyMap<string, string>
}

/**
 * @param presets names that `set/preset` accepts
 * @param ever platform by key of every component that ever existed. Home Assistant keeps a component that a
 *   device message leaves out, so removed ones are listed with their platform only, which removes them
 */
export function describe(
  { described, mode, mediaPlayer, topics, mirror }: DescribeOptions,
  presets: readonly string[],
  ever: Readonly<Record<string, string>>,
): Description {
  if (mode === 'off') return { platforms: {}, messages: new Map() }
  const components = componentsOf(described, presets)
  const player = describeMediaPlayer(mediaPlayer, described, mirror, presets)
  const payloads: readonly (readonly [string, unknown])[] = [
    ...(mode === 'device'
      ? [[topics.device, devicePayload(described, components, ever)] as const]
      : singlePayloads(described, components, topics)),
    ...(player === undefined ? [] : [[topics.mediaPlayer, player] as const]),
  ]
  return {
    platforms: Object.fromEntries(Object.entries(components).map(([key, { platform }]) => [key, platform])),
    messages: new Map(payloads.map(([topic, payload]) => [topic, JSON.stringify(payload)])),
  }
}

function devicePayload(
  described: Described,
  components: Components,
  ever: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> {
  const gone = Object.entries(ever).filter(([key]) => !Object.hasOwn(components, key))
  return {
    device: deviceOf(described),
    origin: originOf(described),
    ...availabilities(described.topicOf).device,
    qos: 1,
    components: {
      ...components,
      ...Object.fromEntries(gone.map(([key, platform]) => [key, { platform }])),
    },
  }
}

function singlePayloads(
  described: Described,
  components: Components,
  topics: ConfigTopics,
): readonly (readonly [string, unknown])[] {
  const shared = {
    device: deviceOf(described),
    origin: originOf(described),
    qos: 1,
  }
  const { device: usual } = availabilities(described.topicOf)
  return Object.entries(components).map(([key, { platform, ...component }]) => [
    topics.component(platform, key),
    // A trigger is an event and has no availability.
    { ...(platform === 'device_automation' ? {} : usual), ...component, ...shared },
  ])
}
