import type { AccountState } from '../../account/account-state.ts'
import type { JsonObject } from '../../lib/decode.ts'
import type { LogLine } from '../../lib/log.ts'
import type { PlaybackState } from '../../playback/playback-state.ts'
import { encodeAccount } from './account-codec.ts'
import type { Broker } from '../../mqtt/broker.ts'
import type { Picture } from './cover.ts'
import type { EventPayload } from './event-codec.ts'
import type { Problems } from './problems.ts'
import type { RetainOptions } from '../../mqtt/retained-messages.ts'
import { encodeQueue, encodeScalar, encodeState, type StateFacts, type StatePayload } from './state-codec.ts'
import type { Topics } from '../topics.ts'

export interface PublisherOptions {
  readonly topics: Topics
  readonly broker: Pick<Broker, 'retain' | 'send'>
  /** Also publish each key of `state` as its own topic. */
  readonly scalars: boolean
}

const json = { contentType: 'application/json' }
/** For text only: readers that guess the type take a track called 1999 for a number. */
const plain = { contentType: 'text/plain' }

/** Brokers store messages for offline subscribers: an old trigger must not start anything. */
const passing = { messageExpirySeconds: 60 }

/** Publishes the state (docs/mqtt.md#what-the-agent-publishes); unchanged payloads are not resent. */
export class Publisher {
  readonly #options: PublisherOptions
  #said: { readonly state: StatePayload; readonly text: string } = { state: {}, text: '' }

  constructor(options: PublisherOptions) {
    this.#options = options
  }

  /** @returns topic `state`; the same object as before when nothing has changed */
  playback(playback: PlaybackState, facts: StateFacts): StatePayload {
    this.#state(encodeState(playback, facts))
    this.#retainJson(
      'queue',
      encodeQueue(playback.sessionId, playback.entity, playback.upcoming, playback.played),
    )
    return this.#said.state
  }

  account(account: AccountState): void {
    this.#retainJson('account', encodeAccount(account))
  }

  cover(picture: Picture | undefined): void {
    this.#options.broker.retain(this.#options.topics.of('cover'), picture?.bytes ?? '', {
      qos: 0,
      ...(picture === undefined ? {} : { contentType: picture.contentType }),
    })
    this.#retain('cover/status', picture === undefined ? 'none' : 'available')
  }

  /** Clears the page that an earlier run left; the login displays draw the next one. */
  noPage(): void {
    this.#retain('error/qr', '')
  }

  problems(problems: Problems): void {
    this.#retainJson('error', problems.encode())
  }

  info(info: JsonObject): void {
    this.#retainJson('info', info)
  }

  health(health: JsonObject): void {
    this.#options.broker.retain(this.#options.topics.of('health'), JSON.stringify(health), {
      qos: 0,
      ...json,
    })
  }

  update(installedVersion: string): void {
    this.#retainJson('update', { installed_version: installedVersion, latest_version: null })
  }

  event(event: EventPayload): void {
    const { broker, topics } = this.#options
    broker.send(topics.of('event'), JSON.stringify(event), { ...json, ...passing })
    const trigger = triggers[event.event_type]
    if (trigger !== undefined) broker.send(topics.of('trigger'), trigger, passing)
  }

  log(line: LogLine): void {
    const payload = JSON.stringify({ level: line.level, name: line.name, msg: line.msg, ...line.fields })
    this.#options.broker.send(this.#options.topics.of('log'), payload, { qos: 0, ...json })
  }

  /** Skips an unchanged state: it is thirty topics, and most commands do not change it. */
  #state(state: StatePayload): void {
    const text = JSON.stringify(state)
    if (text === this.#said.text) return
    this.#said = { state, text }
    this.#retain('state', text, json)
    for (const [key, value] of Object.entries(state)) {
      // When off, clears each topic: an earlier run may have left values at the broker.
      if (!this.#options.scalars) this.#retain(`state/${key}`, '')
      else this.#retain(`state/${key}`, encodeScalar(value), typeof value === 'string' ? plain : {})
    }
  }

  #retain(name: string, payload: string, options: RetainOptions = {}): void {
    this.#options.broker.retain(this.#options.topics.of(name), payload, options)
  }

  #retainJson(name: string, value: JsonObject): void {
    this.#options.broker.retain(this.#options.topics.of(name), JSON.stringify(value), json)
  }
}

/** Payload of topic `trigger`, by event type. */
const triggers: Readonly<Record<string, string>> = {
  playback_started: 'playback_started',
  playback_paused: 'playback_stopped',
  playback_stopped: 'playback_stopped',
  track_changed: 'track_changed',
  login_required: 'login_required',
}
