import { AppError } from '../lib/errors.ts'
import type { ConnectionFailure } from './connection/failure.ts'
import type { Subscription } from './types.ts'

/** AWS IoT Core takes 8 filters in a SUBSCRIBE packet: https://docs.aws.amazon.com/general/latest/gr/iot-core.html */
const mostFilters = 8

/** As many connections in a row have to end on the same single filter before it is left out. */
const strikesNeeded = 2

/** A filter that the broker does not grant. */
export interface DeniedFilter {
  readonly topic: string
  readonly error: AppError
}

export interface SubscribingConnection {
  readonly isClosed: boolean
  /** In one packet. @returns those that were refused; undefined when the connection ended first */
  subscribe(subscriptions: readonly Subscription[]): Promise<readonly DeniedFilter[] | undefined>
}

/**
 * Subscribes in packets small enough for the broker. One that closes the connection instead of refusing is asked in
 * smaller packets next time, until it is known which filter it does not want.
 */
export class Subscriptions {
  readonly #leftOut = new Set<string>()
  #packetSize = mostFilters
  /** Asked for and not answered. */
  #asked: readonly Subscription[] = []
  #suspect: string | undefined
  #strikes = 0

  /** @returns what was refused, now or by closing connections; undefined when the connection ended first */
  async subscribe(
    connection: SubscribingConnection,
    subscriptions: readonly Subscription[],
  ): Promise<readonly DeniedFilter[] | undefined> {
    const wanted = subscriptions.filter(({ topic }) => !this.#leftOut.has(topic))
    const denied: DeniedFilter[] = [...this.#leftOut].map((topic) => ({ topic, error: closedOver([topic]) }))
    for (let at = 0; at < wanted.length; at += this.#packetSize) {
      this.#asked = wanted.slice(at, at + this.#packetSize)
      const answer = await connection.subscribe(this.#asked)
      if (answer === undefined || connection.isClosed) return undefined
      this.#asked = []
      denied.push(...answer)
    }
    this.#suspect = undefined
    return denied
  }

  /** The connection ended. @returns what `failure` amounts to: a subscription, if one was not answered */
  ended(failure: ConnectionFailure | undefined): ConnectionFailure | undefined {
    const asked = this.#asked.map(({ topic }) => topic)
    this.#asked = []
    const [first] = asked
    // A DISCONNECT (its reason is among the facts) or an end without one is about what was asked; a time-out is not.
    const isAnswer = failure?.withoutReason === true || failure?.error.facts['reasonCode'] !== undefined
    if (first === undefined || !isAnswer) return failure
    if (asked.length > 1) this.#packetSize = Math.ceil(asked.length / 2)
    else this.#blame(first)
    return { error: closedOver(asked) }
  }

  #blame(topic: string): void {
    this.#strikes = this.#suspect === topic ? this.#strikes + 1 : 1
    this.#suspect = topic
    if (this.#strikes >= strikesNeeded) this.#leftOut.add(topic)
  }
}

function closedOver(topics: readonly string[]): AppError {
  return new AppError(
    'mqtt/not-authorized',
    `The broker closes the connection over the subscription to ${topics.join(', ')}`,
  )
}
