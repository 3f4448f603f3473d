import { Condition } from '../lib/async/condition.ts'
import type { Clock } from '../lib/clock.ts'
import { AppError } from '../lib/errors.ts'
import { errorFields, type Log } from '../lib/log.ts'
import type { StoredFile } from '../lib/storage/stored-file.ts'
import type { IncomingMessage } from '../mqtt/message.ts'
import type { Broker } from '../mqtt/types.ts'
import { encodeAnnounced, nothingAnnounced, type Announced } from './announced.ts'
import type { ConfigTopics } from './config-topics.ts'
import type { Description, DiscoveryMode } from './describe.ts'

export interface DiscoveryOptions {
  readonly mode: DiscoveryMode
  readonly topics: ConfigTopics
  /** Other retained topics for Home Assistant, by their current names; published elsewhere. */
  readonly otherTopics: () => readonly string[]
  readonly broker: Pick<Broker, 'retain' | 'forget' | 'connected'>
  readonly store: StoredFile<Announced>
  /** The current discovery messages. */
  readonly describe: (mode: DiscoveryMode, ever: Announced['components']) => Description
  /** Sends the state again: Home Assistant forgets the value of a select when its options change. */
  readonly restate: () => void
  readonly clock: Clock
  readonly log: Log
}

/**
 * Minimum time between two different messages: while Home Assistant sets up a component, it ignores what a
 * second message says about the components after it.
 */
const restMs = 2_000

const move = JSON.stringify({ migrate_discovery: true })

/**
 * Publishes the discovery messages: at the start, when they change, and when Home Assistant has started.
 * Clears those that no longer apply, also of an earlier run.
 */
export class Discovery {
  readonly #options: DiscoveryOptions
  /** `single` if the broker does not accept the device message. */
  #mode: DiscoveryMode
  /** The broker has delivered the device message back. */
  #echoed = false
  /** The broker may hold the device message. */
  #holdsDevice: boolean
  readonly #bell = new Condition()
  /** Payloads that this agent has set at the broker, by topic. */
  readonly #standing = new Map<string, string>()
  /** Topics cleared by another client: the user removed the device and does not want it back at once. */
  readonly #withheld = new Set<string>()
  /** Topics being cleared. */
  readonly #clearing = new Set<string>()
  /** Topics of the other form whose entities move to the current one; empty once that is done. */
  #moving: readonly string[]
  #sentAtMs = -Infinity

  constructor(options: DiscoveryOptions) {
    const { store, topics, otherTopics, broker } = options
    this.#options = options
    const before = store.value ?? nothingAnnounced
    this.#mode = options.mode
    if (this.#mode === 'device' && this.#isTooLarge(before)) this.#mode = 'single'
    const mode = this.#mode
    this.#holdsDevice = before.topics.includes(topics.device)
    const { platforms, messages } = this.#describe()
    const wanted = [...messages.keys(), ...otherTopics()]
    const left = before.topics.filter((topic) => !wanted.includes(topic))
    // Saved before anything is published: a kill at any moment leaves no unknown topic at the broker.
    this.#remember(
      [...new Set([...before.topics, ...wanted])],
      { ...before.components, ...platforms },
      {
        // A user who chooses another form may choose this one again.
        tooLarge: options.mode === 'device' ? before.tooLarge : undefined,
      },
    )

    this.#moving = left.filter((topic) => {
      const about = topics.parse(topic)
      if (about === undefined || mode === 'off') return false
      return about === 'device' ? mode === 'single' : mode === 'device' && Object.hasOwn(platforms, about.key)
    })
    if (this.#moving.length === 0) this.#announce()
    for (const topic of left) {
      if (this.#moving.includes(topic)) broker.retain(topic, move, { contentType: 'application/json' })
      else this.#clear(topic)
    }
  }

  /** Call when all retained messages have been sent. */
  connected(): void {
    this.#sentAtMs = this.#options.clock.monotonicMs()
    this.#forgetCleared()
    this.#bell.notifyAll()
  }

  /** Call when the description may have changed. */
  changed(): void {
    this.#bell.notifyAll()
  }

  /**
   * Call when the device has a new name because another device owns the former one. What was published under
   * the former name then belongs to the other device.
   */
  renamed(): void {
    const { broker, store, otherTopics } = this.#options
    const { platforms, messages } = this.#describe()
    const before = store.value ?? nothingAnnounced
    for (const topic of this.#standing.keys()) {
      if (messages.has(topic)) continue
      this.#standing.delete(topic)
      broker.forget(topic)
    }
    const wanted = [...messages.keys(), ...otherTopics()]
    for (const topic of wanted) this.#clearing.delete(topic)
    this.#remember([...new Set([...wanted, ...this.#clearing, ...this.#moving])], {
      ...before.components,
      ...platforms,
    })
    this.#bell.notifyAll()
    if (this.#moving.length === 0) this.#announce()
  }

  /** Call when Home Assistant has started, before the retained messages are sent: cleared ones return. */
  born(): void {
    this.#withheld.clear()
    if (this.#moving.length === 0) this.#announce()
  }

  /** Call when the broker does not accept a message to `topic`. */
  refused(topic: string, error: AppError): void {
    const { topics, log } = this.#options
    const payload = this.#standing.get(topic)
    const isDevice = topic === topics.device && this.#mode === 'device'
    if (!isDevice || error.code !== 'mqtt/too-large' || payload === undefined) return
    log.warn(
      'Home Assistant is told of each entity by itself: the broker does not take them in one message',
      {
        ...errorFields(error),
        bytes: Buffer.byteLength(payload),
      },
    )
    this.#mode = 'single'
    this.#standing.delete(topic)
    const { messages, platforms } = this.#describe()
    const before = this.#options.store.value ?? nothingAnnounced
    const held = this.#holdsDevice ? before.topics : before.topics.filter((other) => other !== topic)
    const all = [...new Set([...held, ...messages.keys()])]
    this.#remember(all, { ...before.components, ...platforms }, { tooLarge: Buffer.byteLength(payload) })
    if (this.#holdsDevice) {
      this.#moving = [topic]
      this.#options.broker.retain(topic, move, { contentType: 'application/json' })
    } else {
      this.#options.broker.forget(topic)
    }
    this.#bell.notifyAll()
  }

  receive({ topic, payload, retained }: IncomingMessage): void {
    if (payload.length > 0) {
      this.#hearBack(topic, retained)
      return
    }
    if (!this.#standing.delete(topic)) return
    this.#withheld.add(topic)
    this.#options.broker.forget(topic)
    this.#options.log.info('Removed in Home Assistant; it comes back when either of us starts again', {
      topic,
    })
  }

  /**
   * Detects a discarded device message. MQTT 3.1.1 cannot refuse a message: mosquitto acknowledges one above
   * its message_size_limit and discards it. The device message was discarded if it does not come back, but a
   * later message does. On MQTT 5 all messages that come back are flagged as retained.
   */
  #hearBack(topic: string, retained: boolean): void {
    const { device, mediaPlayer } = this.#options.topics
    if (topic === device) {
      this.#holdsDevice = true
      this.#echoed ||= !retained
    } else if (topic === mediaPlayer && !retained && !this.#echoed) {
      this.refused(
        device,
        new AppError('mqtt/too-large', 'The broker throws away the message about the device'),
      )
    }
  }

  async run(signal: AbortSignal): Promise<void> {
    for (;;) {
      if (this.#moving.length > 0) await this.#finishMove(signal)
      await this.#followChange(signal)
    }
  }

  async #followChange(signal: AbortSignal): Promise<void> {
    const { clock, broker, restate } = this.#options
    while (!this.#differs()) {
      if (this.#moving.length > 0) return
      await this.#bell.wait(signal)
    }
    const waitMs = this.#sentAtMs + restMs - clock.monotonicMs()
    if (broker.connected && waitMs > 0) await clock.sleep(waitMs, signal)
    if (this.#moving.length > 0) return
    this.#announce()
    await clock.sleep(restMs, signal)
    restate()
  }

  /**
   * After the pause, Home Assistant has released the entities and adopts them again by their unique ids. If
   * the new form came before the old one is cleared, it would warn about each entity, and again each time the
   * retained messages are sent.
   */
  async #finishMove(signal: AbortSignal): Promise<void> {
    const { clock, broker } = this.#options
    await this.#untilConnected(signal)
    await clock.sleep(restMs, signal)
    await this.#untilConnected(signal)
    for (const topic of this.#moving) this.#clear(topic)
    this.#moving = []
    this.#announce()
    await clock.sleep(restMs, signal)
    if (broker.connected) this.#forgetCleared()
  }

  async #untilConnected(signal: AbortSignal): Promise<void> {
    while (!this.#options.broker.connected) await this.#bell.wait(signal)
  }

  #describe(mode = this.#mode): Description {
    return this.#options.describe(mode, (this.#options.store.value ?? nothingAnnounced).components)
  }

  #isTooLarge({ tooLarge = Infinity }: Announced): boolean {
    const payload = this.#describe('device').messages.get(this.#options.topics.device) ?? ''
    return Buffer.byteLength(payload) >= tooLarge
  }

  #differs(): boolean {
    return [...this.#describe().messages].some(([topic, payload]) => this.#isNews(topic, payload))
  }

  #isNews(topic: string, payload: string): boolean {
    return !this.#withheld.has(topic) && this.#standing.get(topic) !== payload
  }

  #announce(): void {
    const { broker, clock } = this.#options
    for (const [topic, payload] of this.#describe().messages) {
      if (!this.#isNews(topic, payload)) continue
      this.#standing.set(topic, payload)
      broker.retain(topic, payload, { contentType: 'application/json' })
      this.#sentAtMs = clock.monotonicMs()
    }
  }

  #clear(topic: string): void {
    this.#clearing.add(topic)
    this.#options.broker.retain(topic, '')
  }

  /** Home Assistant warns when asked to remove an unknown entity: each topic is cleared only once. */
  #forgetCleared(): void {
    if (this.#clearing.size === 0) return
    const { broker, store } = this.#options
    const { topics, components } = store.value ?? nothingAnnounced
    for (const topic of this.#clearing) broker.forget(topic)
    const rest = topics.filter((topic) => !this.#clearing.has(topic))
    if (this.#clearing.has(this.#options.topics.device)) this.#holdsDevice = false
    this.#clearing.clear()
    this.#remember(rest, rest.length === 0 ? {} : components)
  }

  #remember(
    topics: readonly string[],
    components: Announced['components'],
    { tooLarge }: Pick<Announced, 'tooLarge'> = this.#options.store.value ?? nothingAnnounced,
  ): void {
    const { store, log } = this.#options
    const before = store.value ?? nothingAnnounced
    const now = encodeAnnounced({ topics, components, tooLarge })
    if (JSON.stringify(encodeAnnounced(before)) === JSON.stringify(now)) return
    try {
      store.save({ topics, components, tooLarge })
    } catch (error) {
      log.error('What Home Assistant was told of could not be noted', errorFields(error))
    }
  }
}
