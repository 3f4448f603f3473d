import type { OutgoingMessage } from './message.ts'

/** Properties of a retained topic besides its payload. */
export interface RetainOptions {
  /** Default 1. */
  readonly qos?: 0 | 1
  readonly contentType?: string
}

/** `full`: the topic is new and there is no room for it; nothing was stored. */
export type SetOutcome = 'changed' | 'unchanged' | 'full'

/** More topics than any agent has: limits the damage of a bug that invents topics. */
const defaultMaxTopics = 2_000

/**
 * A broker may be reconfigured and restarted: a refused message is sent this many times, then only when it
 * changes.
 */
const refusalsInARow = 3

/**
 * The latest payload of every retained topic, and which of them the broker has not been sent yet. The broker
 * may lose its store at any time: this is the original, the broker's store a copy.
 */
export class RetainedMessages {
  readonly #messages = new Map<string, OutgoingMessage>()
  /** In the order they became dirty; a topic that changes again keeps its place. */
  readonly #dirty = new Set<string>()
  readonly #refusals = new WeakMap<OutgoingMessage, number>()
  readonly #maxTopics: number

  constructor(maxTopics = defaultMaxTopics) {
    this.#maxTopics = maxTopics
  }

  get size(): number {
    return this.#messages.size
  }

  /** Number of topics to be sent. */
  get dirty(): number {
    return this.#dirty.size
  }

  /** Zero bytes are sent like any payload, on each connection: they clear the topic at the broker. */
  set(topic: string, payload: string | Buffer, options: RetainOptions = {}): SetOutcome {
    const known = this.#messages.get(topic)
    if (known === undefined && this.#messages.size >= this.#maxTopics) return 'full'
    if (known !== undefined && samePayload(known.payload, payload)) return 'unchanged'
    const { qos = 1, contentType } = options
    this.#messages.set(topic, {
      topic,
      payload,
      qos,
      retain: true,
      ...(contentType === undefined ? {} : { contentType }),
    })
    this.#dirty.add(topic)
    return 'changed'
  }

  /** Removes the topic here only; the broker keeps its retained message. */
  forget(topic: string): void {
    this.#messages.delete(topic)
    this.#dirty.delete(topic)
  }

  /**
   * Replaces the prefix `from` by `to` in all topics, overwriting topics that exist. Marks all topics dirty
   * and keeps their order.
   */
  rename(from: string, to: string): void {
    const messages = [...this.#messages.values()]
    this.#messages.clear()
    for (const message of messages) {
      const { topic } = message
      if (!topic.startsWith(from)) {
        if (!this.#messages.has(topic)) this.#messages.set(topic, message)
        continue
      }
      const renamed = to + topic.slice(from.length)
      this.#messages.set(renamed, { ...message, topic: renamed })
    }
    this.markAllDirty()
  }

  /** Records that the broker refused this message. */
  refused(message: OutgoingMessage): void {
    this.#refusals.set(message, (this.#refusals.get(message) ?? 0) + 1)
  }

  /**
   * Marks every topic dirty, in the order in which they were first set, except those whose current payload
   * the broker refused several times.
   */
  markAllDirty(): void {
    this.#dirty.clear()
    for (const [topic, message] of this.#messages) {
      if ((this.#refusals.get(message) ?? 0) < refusalsInARow) this.#dirty.add(topic)
    }
  }

  /** Returns the topic that has been dirty the longest, with its latest payload, and marks it clean. */
  takeDirty(): OutgoingMessage | undefined {
    for (const topic of this.#dirty) {
      this.#dirty.delete(topic)
      return this.#messages.get(topic)
    }
    return undefined
  }

  all(): readonly OutgoingMessage[] {
    return [...this.#messages.values()]
  }
}

function samePayload(one: string | Buffer, other: string | Buffer): boolean {
  if (typeof one === 'string')
    return typeof other === 'string' ? one === other : other.equals(Buffer.from(one))
  return one.equals(typeof other === 'string' ? Buffer.from(other) : other)
}
