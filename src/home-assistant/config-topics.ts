/** Topics of MQTT discovery. */
export interface ConfigTopics {
  /** All components in one message. */
  readonly device: string
  /** One component per message. */
  readonly component: (platform: string, key: string) => string
  /** For the integrations that add a media player. */
  readonly mediaPlayer: string
  /** Topic filters for all of these topics. */
  readonly filters: readonly string[]
  /** What a topic describes; undefined for another topic. `device` stands for all components. */
  readonly parse: (topic: string) => 'device' | { readonly key: string } | undefined
}

/**
 * A component in a device message and one in a message of its own are the same for Home Assistant if node and
 * object id are equal: this is how entities move from one form to the other.
 *
 * @param node letters, digits, `_` and `-` only, like each key
 */
export function configTopics(prefix: string, node: string, mediaPlayerId: string): ConfigTopics {
  const device = `${prefix}/device/${node}/config`
  const mediaPlayer = `${prefix}/media_player/${mediaPlayerId}/config`
  const component = (platform: string, key: string): string => `${prefix}/${platform}/${node}/${key}/config`
  return {
    device,
    component,
    mediaPlayer,
    filters: [device, component('+', '+'), mediaPlayer],
    parse(topic) {
      if (topic === device) return 'device'
      if (!topic.startsWith(`${prefix}/`)) return undefined
      const [, itsNode, key = '', end, ...more] = topic.slice(prefix.length + 1).split('/')
      return itsNode === node && end === 'config' && more.length === 0 ? { key } : undefined
    },
  }
}
