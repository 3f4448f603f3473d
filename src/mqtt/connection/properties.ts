import { protocolLimits, type BrokerLimits, type OutgoingMessage } from '../message.ts'
import type { LastWill } from '../types.ts'

/** The PUBLISH properties that the agent uses (MQTT 5 section 3.3.2.3), as named by MQTT.js. */
export interface PublishProperties {
  readonly contentType?: string
  readonly correlationData?: Buffer
  readonly responseTopic?: string
  /** Seconds. */
  readonly messageExpiryInterval?: number
}

/** The properties of a CONNACK packet that the agent uses (section 3.2.2.3). */
export interface ConnackProperties {
  readonly maximumPacketSize?: number
  readonly receiveMaximum?: number
  readonly maximumQoS?: number
  readonly retainAvailable?: boolean
}

/** @param properties undefined on 3.1.1 */
export function limitsOf(properties: ConnackProperties = {}): BrokerLimits {
  return {
    maximumPacketSize: properties.maximumPacketSize ?? protocolLimits.maximumPacketSize,
    receiveMaximum: properties.receiveMaximum ?? protocolLimits.receiveMaximum,
    maximumQos: properties.maximumQoS === 0 ? 0 : 1,
    retainAvailable: properties.retainAvailable ?? true,
  }
}

/** The fields of an incoming message that come from its properties. */
export function readProperties(
  { responseTopic, correlationData, messageExpiryInterval }: PublishProperties,
  receivedAtMs: number,
): { readonly responseTopic?: string; readonly correlationData?: Buffer; readonly expiresAtMs?: number } {
  return {
    ...(responseTopic === undefined ? {} : { responseTopic }),
    ...(correlationData === undefined ? {} : { correlationData }),
    ...(messageExpiryInterval === undefined
      ? {}
      : { expiresAtMs: receivedAtMs + messageExpiryInterval * 1000 }),
  }
}

/** Undefined when there are none, as in most messages. */
export function writeProperties(message: OutgoingMessage): PublishProperties | undefined {
  const { contentType, correlationData, messageExpirySeconds } = message
  if (contentType === undefined && correlationData === undefined && messageExpirySeconds === undefined) {
    return undefined
  }
  return {
    ...(contentType === undefined ? {} : { contentType }),
    ...(correlationData === undefined ? {} : { correlationData }),
    ...(messageExpirySeconds === undefined ? {} : { messageExpiryInterval: messageExpirySeconds }),
  }
}

/** A broker that refuses the retain flag or the QoS of a last will refuses it in messages too. */
export function asWill(limits: BrokerLimits, will: LastWill): BrokerLimits {
  return {
    ...limits,
    retainAvailable: limits.retainAvailable && will.retain,
    maximumQos: will.qos === 0 ? 0 : limits.maximumQos,
  }
}

/** Removes what the broker does not allow: it would end the connection (sections 3.2.2.3.4 and 3.2.2.3.5). */
export function clamp(message: OutgoingMessage, limits: BrokerLimits): OutgoingMessage {
  if (limits.maximumQos === 1 && limits.retainAvailable) return message
  return {
    ...message,
    qos: limits.maximumQos === 0 ? 0 : message.qos,
    retain: message.retain && limits.retainAvailable,
  }
}
