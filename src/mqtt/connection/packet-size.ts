import type { OutgoingMessage } from '../message.ts'

/** Bytes of the whole PUBLISH packet of `message` (section 3.3), or a few more: an upper bound is what we need. */
export function publishPacketSize(message: OutgoingMessage): number {
  const fixedHeader = 1 + 4
  const topic = 2 + Buffer.byteLength(message.topic)
  const packetId = 2
  const propertyLength = 4
  const contentType = message.contentType === undefined ? 0 : 3 + Buffer.byteLength(message.contentType)
  const correlationData = message.correlationData === undefined ? 0 : 3 + message.correlationData.length
  const messageExpiry = 5
  const payload = byteLength(message.payload)
  return (
    fixedHeader + topic + packetId + propertyLength + contentType + correlationData + messageExpiry + payload
  )
}

/** A Buffer's length is known; a string's has to be counted. */
export function byteLength(payload: string | Buffer): number {
  return typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length
}
