import { AppError } from '../lib/errors.ts'
import type { ConnectionFailure } from './connection/failure.ts'
import type { Subscription } from './types.ts'

/**
 * AWS IoT Core accepts 8 filters per SUBSCRIBE packet:
 * https://docs.aws.amazon.com/general/latest/gr/iot-core.html
 */
const mostFilters = 8

/** Consecutive connections that must end on the same single filter before it is left out. */
const strikesNeeded = 2

/** A filter that the broker does not grant. */
export interface DeniedFilter {
  readonly topic: string
  readonly error: AppError
}

export interface SubscribingConnection {
  readonly isClosed: boolean
  /** Sends one packet. @returns the refused filters; undefined when the connection ended first */
  subscribe(subscriptions: readonly Subscription[]): Promise<readonly DeniedFilter[] | undefined>
}

/**
 * Subscribes in packets small enough for the broker. If a broker closes the connection instead of refusing,
 * the next packets are smaller, until the filter that it does not accept is known.
 */
export class Subscriptions {
  readonly #leftOut = new Set<string>()
  #packetSize = mostFilters
  /** The filters of the unanswered SUBSCRIBE packet. */
  #asked: readonly Subscription[] = []
  #suspect: string | undefined
  #strikes = 0

  /** @returns the refused filters, also those left out; undefined when the connection ended first */
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

  /**
   * Call when the connection has ended.
   *
   * @returns `failure`, or the subscription that caused it if one was unanswered
   */
  ended(failure: ConnectionFailure | undefined): ConnectionFailure | undefined {
    const asked = this.#asked.map(({ topic }) => topic)
    this.#asked = []
    const [first] = asked
    // A DISCONNECT (its reason is a fact of the error) or a close without a reason answers the packet; a
    // time-out does not.
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
