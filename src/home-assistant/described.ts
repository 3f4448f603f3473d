/** What the discovery messages say about the agent. */
export interface Described {
  /** Hexadecimal digits. Never changes: unique ids contain it. */
  readonly deviceId: string
  /** The slug that the user chose, or the host name. Names and initial entity ids are derived from it. */
  readonly deviceName: string
  readonly product: string
  readonly version: string
  /** The full topic for a name such as `state`. */
  readonly topicOf: (name: string) => string
  /** Whether announcements can be played. */
  readonly canAnnounce: boolean
}

/** Node id of the device in discovery topics and prefix of its unique ids: letters, digits and `_`. */
export function nodeOf({ product, deviceId }: Pick<Described, 'product' | 'deviceId'>): string {
  return `${product}_${deviceId}`
}

/** `living_room` for living-room: the prefix of entity ids. */
export function wordOf({ deviceName }: Pick<Described, 'deviceName'>): string {
  return deviceName.replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '')
}

/** Such as `kitchen_player`. */
export function entityWordOf(described: Described): string {
  return [wordOf(described), 'player'].filter((word) => word !== '').join('_')
}

/** Such as `Living room player`. */
export function displayNameOf(described: Described): string {
  const words = entityWordOf(described).replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** Key `device` of a payload. */
export function deviceOf(described: Described): Readonly<Record<string, unknown>> {
  return {
    identifiers: [nodeOf(described)],
    name: displayNameOf(described),
    manufacturer: described.product,
    model: 'Headless player',
    sw_version: described.version,
  }
}

/** Key `origin` of a payload. */
export function originOf({ product, version }: Described): Readonly<Record<string, unknown>> {
  return { name: product, sw_version: version }
}
