/** A message from the broker, with what MQTT 5 says about it; on 3.1.1 the last three are absent. */
export interface IncomingMessage {
  readonly topic: string
  readonly payload: Buffer
  /**
   * Whether the retain flag was set: always for a stored message, and on MQTT 5 also for a live one (we subscribe
   * with Retain As Published, section 3.8.3.1). On 3.1.1 a broker clears it on live messages.
   */
  readonly retained: boolean
  /** By {@link Clock.monotonicMs}. */
  readonly receivedAtMs: number
  /** The DUP flag: the broker may have sent this before (section 3.3.1.1). */
  readonly duplicate?: boolean
  /** Packet identifier; none at QoS 0. */
  readonly messageId?: number
  /** Not validated: it may be anything a sender can write (section 3.3.2.3.5). */
  readonly responseTopic?: string
  readonly correlationData?: Buffer
  /** {@link Clock.monotonicMs} at which the message is too old to act upon (section 3.3.2.3.3). */
  readonly expiresAtMs?: number
}

/** A message to the broker. The optional ones are left out on 3.1.1, which has no place for them. */
export interface OutgoingMessage {
  readonly topic: string
  readonly payload: string | Buffer
  readonly qos: 0 | 1
  readonly retain: boolean
  /** Such as application/json. Only when exactly right: Node-RED parses by it and fails on a mismatch. */
  readonly contentType?: string
  readonly correlationData?: Buffer
  readonly messageExpirySeconds?: number
}

/** What a broker told us it can take (MQTT 5 section 3.2.2.3). */
export interface BrokerLimits {
  /** Bytes of a whole packet. */
  readonly maximumPacketSize: number
  /** How many unacknowledged QoS 1 publishes it accepts. */
  readonly receiveMaximum: number
  readonly maximumQos: 0 | 1
  readonly retainAvailable: boolean
}

/** The limits of the protocol itself, which hold when a broker tells none, as on 3.1.1 (sections 1.5.5, 2.1.4). */
export const protocolLimits: BrokerLimits = {
  maximumPacketSize: 268_435_460,
  receiveMaximum: 65_535,
  maximumQos: 1,
  retainAvailable: true,
}
