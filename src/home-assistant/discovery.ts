import { Bell } from '../base/bell.ts'
import type { Clock } from '../base/clock.ts'
import { errorFields, type Log } from '../base/log.ts'
import type { StoredFile } from '../base/stored-file.ts'
import type { IncomingMessage } from '../bridge/broker-message.ts'
import type { Broker } from '../bridge/broker-types.ts'
import { nothingAnnounced, type Announced } from './announced.ts'
import type { ConfigTopics } from './config-topics.ts'
import type { Description, DiscoveryMode } from './describe.ts'

export interface DiscoveryOptions {
  readonly mode: DiscoveryMode
  readonly topics: ConfigTopics
  /** Other retained topics that are there for Home Assistant only, fed by somebody else. */
  readonly otherTopics: readonly string[]
  readonly broker: Pick<Broker, 'retain' | 'forget' | 'connected'>
  readonly store: StoredFile<Announced>
  /** What Home Assistant is to be told as things are now. */
  readonly describe: (ever: Announced['components']) => Description
  /** Says again what plays: Home Assistant forgets what a select showed when its options change. */
  readonly restate: () => void
  readonly clock: Clock
  readonly log: Log
}

/**
 * While Home Assistant still sets up a component it drops what a second message says of those after it. So two that
 * differ are that far apart.
 */
const restMs = 2_000

const move = JSON.stringify({ migrate_discovery: true })

/**
 * Keeps Home Assistant told of what there is: at every start, when it changes, and when Home Assistant has started. What
 * is no longer there is taken back, also when an earlier life has said it.
 */
export class Discovery {
  readonly #options: DiscoveryOptions
  readonly #bell = new Bell()
  /** What we hold at the broker, by topic. */
  readonly #standing = new Map<string, string>()
  /** Topics that somebody else has cleared: a person removed the device, and does not want it back at once. */
  readonly #withheld = new Set<string>()
  /** Topics being cleared. */
  readonly #clearing = new Set<string>()
  /** Topics of the other form, whose entities move to the present one; none once that is done. */
  #moving: readonly string[]
  #sentAtMs = -Infinity

  constructor(options: DiscoveryOptions) {
    const { store, topics, mode, otherTopics, broker } = options
    this.#options = options
    const before = store.value ?? nothingAnnounced
    const { platforms, messages } = this.#describe()
    const wanted = [...messages.keys(), ...otherTopics]
    const left = before.topics.filter((topic) => !wanted.includes(topic))
    // Before anything is said: a kill at any moment leaves nothing at the broker that nobody knows of.
    this.#remember([...new Set([...before.topics, ...wanted])], { ...before.components, ...platforms })

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

  /** All that is retained has been sent. */
  connected(): void {
    this.#sentAtMs = this.#options.clock.monotonicMs()
    this.#forgetCleared()
    this.#bell.ring()
  }

  /** What there is may have changed. */
  changed(): void {
    this.#bell.ring()
  }

  /** Home Assistant has started: what a person removed may come back. To be called before the picture is sent again. */
  born(): void {
    this.#withheld.clear()
    if (this.#moving.length === 0) this.#announce()
  }

  receive({ topic, payload }: IncomingMessage): void {
    if (payload.length > 0 || !this.#standing.delete(topic)) return
    this.#withheld.add(topic)
    this.#options.broker.forget(topic)
    this.#options.log.info('Removed in Home Assistant; it comes back when either of us starts again', {
      topic,
    })
  }

  async run(signal: AbortSignal): Promise<void> {
    if (this.#moving.length > 0) await this.#finishMove(signal)
    for (;;) await this.#followChange(signal)
  }

  async #followChange(signal: AbortSignal): Promise<void> {
    const { clock, broker, restate } = this.#options
    while (!this.#differs()) await this.#bell.next(signal)
    const waitMs = this.#sentAtMs + restMs - clock.monotonicMs()
    if (broker.connected && waitMs > 0) await clock.sleep(waitMs, signal)
    this.#announce()
    await clock.sleep(restMs, signal)
    restate()
  }

  /**
   * Home Assistant has let go of the entities by then, and takes them up again by their unique ids. Were they in the
   * new form before the old one is gone, it would warn of each, and again each time the picture is sent.
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
    while (!this.#options.broker.connected) await this.#bell.next(signal)
  }

  #describe(): Description {
    return this.#options.describe((this.#options.store.value ?? nothingAnnounced).components)
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

  /** Home Assistant warns of what it is told to remove and does not know: once is enough. */
  #forgetCleared(): void {
    if (this.#clearing.size === 0) return
    const { broker, store } = this.#options
    const { topics, components } = store.value ?? nothingAnnounced
    for (const topic of this.#clearing) broker.forget(topic)
    const rest = topics.filter((topic) => !this.#clearing.has(topic))
    this.#clearing.clear()
    this.#remember(rest, rest.length === 0 ? {} : components)
  }

  #remember(topics: readonly string[], components: Announced['components']): void {
    const { store, log } = this.#options
    const before = store.value ?? nothingAnnounced
    const isSame = JSON.stringify([before.topics, before.components]) === JSON.stringify([topics, components])
    if (isSame) return
    try {
      store.save({ topics, components })
    } catch (error) {
      log.error('What Home Assistant was told of could not be noted', errorFields(error))
    }
  }
}
