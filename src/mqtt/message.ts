/** A message from the broker with its MQTT 5 properties. On 3.1.1 the last three are absent. */
export interface IncomingMessage {
  readonly topic: string
  readonly payload: Buffer
  /**
   * The retain flag: always set on a stored message; on MQTT 5 also on a live one (the agent subscribes with
   * Retain As Published, section 3.8.3.1). On 3.1.1 a broker clears it on live messages.
   */
  readonly retained: boolean
  /** By {@link Clock.monotonicMs}. */
  readonly receivedAtMs: number
  /** The DUP flag: the broker may have sent this before (section 3.3.1.1). */
  readonly duplicate?: boolean
  /** Packet identifier; none at QoS 0. */
  readonly messageId?: number
  /** Not validated: a sender can write anything here (section 3.3.2.3.5). */
  readonly responseTopic?: string
  readonly correlationData?: Buffer
  /** {@link Clock.monotonicMs} at which the message expires (section 3.3.2.3.3). */
  readonly expiresAtMs?: number
}

/** A message to the broker. The optional properties are left out on 3.1.1, which does not have them. */
export interface OutgoingMessage {
  readonly topic: string
  readonly payload: string | Buffer
  readonly qos: 0 | 1
  readonly retain: boolean
  /** Such as application/json. Set only when exactly right: Node-RED parses by it and fails on a mismatch. */
  readonly contentType?: string
  readonly correlationData?: Buffer
  readonly messageExpirySeconds?: number
}

/** The limits that a broker announces (MQTT 5 section 3.2.2.3). */
export interface BrokerLimits {
  /** Bytes of a whole packet. */
  readonly maximumPacketSize: number
  /** Maximum number of unacknowledged QoS 1 messages. */
  readonly receiveMaximum: number
  readonly maximumQos: 0 | 1
  readonly retainAvailable: boolean
}

/** The limits of the protocol, used when a broker announces none, as on 3.1.1 (sections 1.5.5, 2.1.4). */
export const protocolLimits: BrokerLimits = {
  maximumPacketSize: 268_435_460,
  receiveMaximum: 65_535,
  maximumQos: 1,
  retainAvailable: true,
}
