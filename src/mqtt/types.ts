import type { Clock } from '../lib/clock.ts'
import type { AppError } from '../lib/errors.ts'
import type { Log } from '../lib/log.ts'
import type { Heartbeat } from '../lib/liveness.ts'
import type { Secret } from '../lib/secret.ts'
import type { DateJudge } from '../lib/wall-clock.ts'
import type { IncomingMessage } from './message.ts'
import type { RetainOptions } from './retained-messages.ts'

/** MQTT's protocol level: 5, or 4 for MQTT 3.1.1. */
export type ProtocolVersion = 4 | 5

/** QoS and retain flag of the last will, with which the broker publishes `offline` for the agent. */
export interface LastWill {
  readonly qos: 0 | 1
  readonly retain: boolean
}

/** Address of the broker, credentials and client identity. */
export interface ConnectionOptions {
  /** mqtt, mqtts, ws or wss; user and password in it are ignored. */
  readonly url: URL
  readonly username?: string
  readonly password?: Secret
  /** PEM. `ca` replaces the system's authorities; `cert` and `key` are the client's. */
  readonly tls?: {
    readonly ca?: Buffer
    readonly cert?: Buffer
    readonly key?: Buffer
    readonly passphrase?: Secret
  }
  /** The name in the broker's certificate; default: the host of the URL. */
  readonly serverName?: string
  /** Accept any certificate. Default false. */
  readonly insecureTls?: boolean
  readonly clientId: string
  /** For TCP, TLS and CONNACK together; default 15 s. */
  readonly connectTimeoutMs?: number
  /** Receives `online`, `offline` and the last will `offline`, retained. */
  readonly availabilityTopic: string
  readonly clock: Clock
  /** Tells a wrong clock from an expired certificate. */
  readonly dates?: Pick<DateJudge, 'judge' | 'timesSet'>
}

export interface Subscription {
  readonly topic: string
  /** What does not work without it, as log text; default `commands`. */
  readonly purpose?: string
  /**
   * Retain Handling of MQTT 5 (section 3.8.3.1): 0 sends stored messages at each subscribe, 1 only for a new
   * subscription, 2 never. No effect on 3.1.1, where stored messages always come (flagged as retained).
   */
  readonly retainHandling: 0 | 1 | 2
  /**
   * Retain As Published of MQTT 5 (section 3.8.3.1), default true. With false, as on 3.1.1, the retain flag
   * tells a stored message from a live one.
   */
  readonly retainAsPublished?: boolean
}

/** Topics that show whether another device uses this device's name at the broker. */
export interface NameClaim {
  readonly topics: readonly string[]
  /**
   * Called on each connection once the messages stored on {@link topics} have arrived, before anything is
   * published and before commands are subscribed. False: the options have changed, and a new connection
   * follows.
   */
  holds(): Promise<boolean>
}

export interface BrokerOptions extends ConnectionOptions {
  /** Command topics (wildcards allowed). Stored messages on them are never replayed on MQTT 5. */
  readonly subscriptions: readonly string[]
  /** Further topics, such as Home Assistant's birth topic. */
  readonly extraSubscriptions?: readonly Subscription[]
  readonly claim?: NameClaim
  /** The only MQTT version to use; default 5, or 3.1.1 for a broker without MQTT 5. */
  readonly version?: ProtocolVersion
  /** Returns [0, 1); for the jitter of the back-off. */
  readonly random: () => number
  readonly log: Log
  /** Shows that the connection loop is alive. */
  readonly heartbeat?: Heartbeat
  onMessage(message: IncomingMessage): void
  /** The broker does not accept a message to `topic`; it is skipped. Called at each refusal. */
  onRefused?(topic: string, error: AppError): void
  /** The retained messages have been sent, followed by `online`. */
  onConnected?(): void
  /** A connection was lost, or an attempt failed, with the error. Without an error: the agent ended it. */
  onDisconnected?(error?: AppError): void
}

export interface SendOptions {
  /** Default 1. */
  readonly qos?: 0 | 1
  /** Left out on MQTT 3.1.1, as are the next two. */
  readonly contentType?: string
  readonly correlationData?: Buffer
  readonly messageExpirySeconds?: number
}

/** The one connection to the MQTT broker. No method throws; what cannot be sent is logged and counted. */
export interface Broker {
  /** True from {@link BrokerOptions.onConnected} to {@link BrokerOptions.onDisconnected}. */
  readonly connected: boolean
  /** Undefined while not connected. */
  readonly protocolVersion: ProtocolVersion | undefined
  /** Connections after the first. */
  readonly reconnects: number
  /** Bytes of a whole packet; the protocol's limit while the broker has announced none. */
  readonly maximumPacketSize: number
  /** Messages, not retained, that were dropped without a connection or without room. */
  readonly dropped: number
  /** Messages that exceeded the broker's packet size. */
  readonly tooLarge: number
  /** Keeps the connection until `signal` aborts, then publishes `offline` and ends it. Never rejects. */
  run(signal: AbortSignal): Promise<void>
  /** Sets a retained topic: published if it changed, and on every connection. Zero bytes clear it. */
  retain(topic: string, payload: string | Buffer, options?: RetainOptions): void
  /** Undoes {@link retain}: the topic is no longer published. The broker keeps its message. */
  forget(topic: string): void
  /** Topics set with {@link retain} and not forgotten since, in the order they were set. */
  retainedTopics(): readonly string[]
  /** Publishes once, not retained; dropped while there is no connection. */
  send(topic: string, payload: string | Buffer, options?: SendOptions): void
  /** Publishes all retained messages again. */
  republish(): void
  /** Ends the wait before the next connection attempt. */
  retryNow(): void
  /** Publishes `online` again while connected, but not once the agent is stopping. */
  sayOnline(): void
  /** Replaces the prefix `from` of retained topics by `to`; the broker keeps its messages. */
  rename(from: string, to: string): void
  /** Disconnects without `offline`, and connects again at once. */
  reconnect(): void
}
