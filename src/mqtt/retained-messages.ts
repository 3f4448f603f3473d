import type { OutgoingMessage } from './message.ts'

/** What may be said about a retained topic besides its payload. */
export interface RetainOptions {
  /** Default 1. */
  readonly qos?: 0 | 1
  readonly contentType?: string
}

/** `full`: the topic is new and there is no room for it; nothing was kept. */
export type SetOutcome = 'changed' | 'unchanged' | 'full'

/** More topics than any agent has; a bound against a fault of ours that makes topics up. */
const defaultMaxTopics = 2_000

/** A broker may be set right and started again: that often what it refused is sent anew, then only when it changes. */
const refusalsInARow = 3

/**
 * What the broker should hold for us: the latest payload of every retained topic, and which of them it has not been
 * sent yet. The broker may forget everything at any time, so this is the truth and the broker's store a copy.
 */
export class RetainedMessages {
  readonly #messages = new Map<string, OutgoingMessage>()
  /** In the order they became dirty; a topic that changes again while it waits keeps its place. */
  readonly #dirty = new Set<string>()
  readonly #refusals = new WeakMap<OutgoingMessage, number>()
  readonly #maxTopics: number

  constructor(maxTopics = defaultMaxTopics) {
    this.#maxTopics = maxTopics
  }

  get size(): number {
    return this.#messages.size
  }

  /** How many topics wait to be sent. */
  get dirty(): number {
    return this.#dirty.size
  }

  /** Zero bytes are a payload like any other: they clear the topic at the broker, at each reconnect again. */
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

  /** Nothing is sent, now or at any connection; the broker keeps what it holds. */
  forget(topic: string): void {
    this.#messages.delete(topic)
    this.#dirty.delete(topic)
  }

  /**
   * Topics that begin with `from` begin with `to` instead, in place of what was there, and wait to be sent; their order
   * stays.
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

  /** The broker did not take this message. */
  refused(message: OutgoingMessage): void {
    this.#refusals.set(message, (this.#refusals.get(message) ?? 0) + 1)
  }

  /**
   * Every topic waits to be sent, in the order in which they were first set; but for those whose present payload the
   * broker refused several times.
   */
  markAllDirty(): void {
    this.#dirty.clear()
    for (const [topic, message] of this.#messages) {
      if ((this.#refusals.get(message) ?? 0) < refusalsInARow) this.#dirty.add(topic)
    }
  }

  /** The dirty topic that waits longest, with its latest payload; it is clean from now on. */
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
