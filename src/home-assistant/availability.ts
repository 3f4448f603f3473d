/** When an entity is available: all topics must agree. */
export type Availability = Readonly<Record<string, unknown>>

const all = { availability_mode: 'all' }

export interface Availabilities {
  /** The agent is running. Applies to the device, and so to every entity without its own. */
  readonly device: Availability
  /** An account is signed in. */
  readonly signedIn: Availability
  /**
   * An account is signed in and the service is reachable. Not for what starts music: an idle agent learns
   * only by trying that the service is back.
   */
  readonly served: Availability
  /** A cover is present: Home Assistant cannot show zero bytes. */
  readonly cover: Availability
  /** A sign-in code is waiting for the user. */
  readonly login: Availability
  /** The service wants the user to open a page. */
  readonly page: Availability
}

export function availabilities(topicOf: (name: string) => string): Availabilities {
  const up = { topic: topicOf('availability') }
  const when = (name: string, condition: string): Availability => ({
    availability: [
      up,
      { topic: topicOf(name), value_template: `{{ 'online' if ${condition} else 'offline' }}` },
    ],
    ...all,
  })
  const signedIn = "value_json.state != 'off'"
  return {
    device: { availability: [up] },
    signedIn: when('state', signedIn),
    served: when('state', `${signedIn} and value_json.service != 'offline'`),
    cover: {
      availability: [
        up,
        { topic: topicOf('cover/status'), payload_available: 'available', payload_not_available: 'none' },
      ],
      ...all,
    },
    login: {
      availability: [
        up,
        { topic: topicOf('login/status'), payload_available: 'pending', payload_not_available: 'idle' },
      ],
      ...all,
    },
    page: when('error', 'value_json.url'),
  }
}
