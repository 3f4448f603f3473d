/** When an entity can be used: topics that must all say so. */
export type Availability = Readonly<Record<string, unknown>>

const all = { availability_mode: 'all' }

export interface Availabilities {
  /** The agent runs; of the whole device, so of every entity that has no other. */
  readonly device: Availability
  /** Somebody is signed in. */
  readonly signedIn: Availability
  /**
   * Somebody is signed in and the service can be reached. Not of what starts music: with nothing else to do the agent
   * learns only by trying that the service is back.
   */
  readonly served: Availability
  /** A cover is there: Home Assistant cannot show zero bytes. */
  readonly cover: Availability
  /** A code waits for the user. */
  readonly login: Availability
  /** The service wants a page to be opened. */
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
