/** Topics on which Home Assistant looks for what there is. */
export interface ConfigTopics {
  /** All components in one message. */
  readonly device: string
  /** One component a message. */
  readonly component: (platform: string, key: string) => string
  /** Of the integrations that make a real media player. */
  readonly mediaPlayer: string
  /** Topic filters for all of these. */
  readonly filters: readonly string[]
  /** What an entity's topic is about; undefined for any other. A device is about all of its components. */
  readonly parse: (topic: string) => 'device' | { readonly key: string } | undefined
}

/**
 * Home Assistant takes a device's component for the same thing as a single one when node and object id are the same:
 * so entities move from the one form to the other.
 *
 * @param node letters, digits, `_` and `-` only, as is each key
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
