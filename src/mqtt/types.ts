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

/** How the broker is asked to say `offline` for us. */
export interface LastWill {
  readonly qos: 0 | 1
  readonly retain: boolean
}

/** Where the broker is and who we are there. */
export interface ConnectionOptions {
  /** mqtt, mqtts, ws or wss; user and password in it are not looked at. */
  readonly url: URL
  readonly username?: string
  readonly password?: Secret
  /** PEM: whom to trust instead of the system's authorities; our own certificate and its key. */
  readonly tls?: {
    readonly ca?: Buffer
    readonly cert?: Buffer
    readonly key?: Buffer
    readonly passphrase?: Secret
  }
  /** The name that the broker's certificate is made out to; default that of the URL. */
  readonly serverName?: string
  /** Accept any certificate. Default false. */
  readonly insecureTls?: boolean
  readonly clientId: string
  /** TCP, TLS and CONNACK together; default 15 s. */
  readonly connectTimeoutMs?: number
  /** Gets `online`, `offline` and the last will `offline`, retained. */
  readonly availabilityTopic: string
  readonly clock: Clock
  /** Tells a wrong clock from a certificate that has run out. */
  readonly dates?: Pick<DateJudge, 'judge' | 'timesSet'>
}

export interface Subscription {
  readonly topic: string
  /** What does not work without it, for people; default commands. */
  readonly purpose?: string
  /**
   * Retain Handling of MQTT 5 (section 3.8.3.1): 0 send stored messages at each subscribe, 1 only at a new one, 2
   * never. Without effect on 3.1.1, where stored messages always come (flagged as retained).
   */
  readonly retainHandling: 0 | 1 | 2
  /**
   * Retain As Published of MQTT 5 (section 3.8.3.1), default true. With false, as on 3.1.1, the retain flag tells a
   * stored message from a live one.
   */
  readonly retainAsPublished?: boolean
}

/** Topics that say whether somebody else has our name at the broker. */
export interface NameClaim {
  readonly topics: readonly string[]
  /**
   * Called on each connection when what is stored on {@link topics} has come, and before anything is said or any
   * command is subscribed to. False: the options have changed, and a fresh connection follows.
   */
  holds(): Promise<boolean>
}

export interface BrokerOptions extends ConnectionOptions {
  /** Topics (wildcards allowed) of commands: what is stored there is never replayed on MQTT 5. */
  readonly subscriptions: readonly string[]
  /** Others, such as Home Assistant's birth topic. */
  readonly extraSubscriptions?: readonly Subscription[]
  readonly claim?: NameClaim
  /** The one MQTT version to speak; by default 5, or 3.1.1 where the broker does not know it. */
  readonly version?: ProtocolVersion
  /** Returns [0, 1); for the jitter of the back-off. */
  readonly random: () => number
  readonly log: Log
  /** Where the loop says that it goes round. */
  readonly heartbeat?: Heartbeat
  onMessage(message: IncomingMessage): void
  /** The broker does not take a message to `topic`, now or again: it is left out. */
  onRefused?(topic: string, error: AppError): void
  /** The picture has been sent, and `online` after it. */
  onConnected?(): void
  /** A connection is lost, or a try to get one failed: why. Without an error: ended by us. */
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

/** The one connection to the MQTT broker. None of its methods throws; what cannot be sent is logged and counted. */
export interface Broker {
  /** From {@link BrokerOptions.onConnected} to {@link BrokerOptions.onDisconnected}. */
  readonly connected: boolean
  /** While connected. */
  readonly protocolVersion: ProtocolVersion | undefined
  /** Connections after the first. */
  readonly reconnects: number
  /** In bytes, of a whole packet; that of the protocol while the broker has told none. */
  readonly maximumPacketSize: number
  /** Messages that were not retained and found no connection, or no room. */
  readonly dropped: number
  /** Messages not sent because the broker accepts no packet as large. */
  readonly tooLarge: number
  /** Keeps the connection until `signal` aborts; then says `offline`, ends it and resolves. Never rejects. */
  run(signal: AbortSignal): Promise<void>
  /** Sets a retained topic: published now if it changed, and on every connection again. Zero bytes clear it. */
  retain(topic: string, payload: string | Buffer, options?: RetainOptions): void
  /** The opposite of {@link retain}: the topic is not published again. The broker keeps what it holds. */
  forget(topic: string): void
  /** What {@link retain} has set and {@link forget} has not taken back, in that order. */
  retainedTopics(): readonly string[]
  /** Publishes once, not retained; dropped while there is no connection. */
  send(topic: string, payload: string | Buffer, options?: SendOptions): void
  /** Publishes the whole retained picture again. */
  republish(): void
  /** What waits to connect again does so at once. */
  retryNow(): void
  /** Says `online` again, while connected and until the end begins. */
  sayOnline(): void
  /** Retained topics that begin with `from` begin with `to` instead; the broker keeps what it holds. */
  rename(from: string, to: string): void
  /** Ends the connection without saying `offline`, and connects again at once. */
  reconnect(): void
}
