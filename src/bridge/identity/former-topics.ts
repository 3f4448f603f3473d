import { field, listOf, object, string, type Decoder, type JsonObject } from '../../lib/decode.ts'
import { errorFields, type Log } from '../../lib/log.ts'
import type { StoredFile } from '../../lib/storage/stored-file.ts'
import type { IncomingMessage } from '../../mqtt/message.ts'
import type { Broker } from '../../mqtt/types.ts'
import { deviceIdIn } from '../state/info-codec.ts'
import type { Topics } from '../topics.ts'

export interface FormerTopicsOptions {
  readonly deviceId: string
  readonly topics: Topics
  readonly broker: Pick<Broker, 'retain' | 'forget' | 'retainedTopics'>
  /** Topic prefixes, such as `base/device/`. */
  readonly store: StoredFile<readonly string[]>
  readonly log: Log
}

/** More names than a device ever has; the oldest is dropped. */
const mostPrefixes = 8

/**
 * Clears what this device has retained under a former name or base topic, but only where `info` still has its
 * id: another device may use the name by now. Where `info` cannot be read, nothing is cleared.
 */
export class FormerTopics {
  readonly #options: FormerTopicsOptions
  /** Device id by prefix, as retained when this connection began. */
  readonly #owners = new Map<string, string>()
  readonly #clearing = new Set<string>()

  constructor(options: FormerTopicsOptions) {
    this.#options = options
  }

  /** Topics to read before {@link clear}. */
  get topics(): readonly string[] {
    return this.#former.map((prefix) => `${prefix}info`)
  }

  receive({ topic, payload, retained }: IncomingMessage): void {
    const prefix = this.#former.find((start) => topic === `${start}info`)
    const id = prefix === undefined || !retained ? undefined : deviceIdIn(payload)
    if (prefix !== undefined && id !== undefined) this.#owners.set(prefix, id)
  }

  /** Call when this device holds its name on this connection, before the retained messages are sent. */
  clear(): void {
    const { topics, broker, deviceId } = this.#options
    const present = topics.of('')
    const names = broker.retainedTopics().filter((topic) => topic.startsWith(present))
    const left: string[] = []
    for (const prefix of this.#former) {
      const owner = this.#owners.get(prefix)
      if (owner === undefined || owner === deviceId) left.push(prefix)
      if (owner !== deviceId) continue
      this.#clearing.add(prefix)
      // `info` last: if the agent is killed before, it still marks the other topics as this device's.
      for (const name of [...names.map((topic) => topic.slice(present.length)), 'availability', 'info']) {
        broker.forget(prefix + name)
        broker.retain(prefix + name, '')
      }
    }
    this.#remember([...left, present])
  }

  /** Another device has this name: the retained messages there are its own, or soon will be. */
  lost(prefix: string): void {
    this.#remember((this.#options.store.value ?? []).filter((known) => known !== prefix))
  }

  /** Call when all retained messages have been sent. */
  connected(): void {
    const { broker } = this.#options
    const prefixes = [...this.#clearing]
    if (prefixes.length === 0) return
    for (const topic of broker.retainedTopics()) {
      if (prefixes.some((prefix) => topic.startsWith(prefix))) broker.forget(topic)
    }
    this.#clearing.clear()
    this.#owners.clear()
    this.#remember((this.#options.store.value ?? []).filter((prefix) => !prefixes.includes(prefix)))
  }

  disconnected(): void {
    this.#owners.clear()
  }

  get #former(): readonly string[] {
    const { store, topics } = this.#options
    return (store.value ?? []).filter((prefix) => prefix !== topics.of(''))
  }

  #remember(prefixes: readonly string[]): void {
    const { store, log } = this.#options
    const next = prefixes.slice(-mostPrefixes)
    if (JSON.stringify(next) === JSON.stringify(store.value)) return
    try {
      store.save(next)
    } catch (error) {
      log.error('The name of this device at the broker could not be noted', errorFields(error))
    }
  }
}

/** File `topics.json`. */
export const decodeFormerTopics: Decoder<readonly string[]> = (value, path) =>
  field(object(value, path), 'prefixes', listOf(string), path)

export function encodeFormerTopics(prefixes: readonly string[]): JsonObject {
  return { prefixes }
}
