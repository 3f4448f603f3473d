import type { OutgoingMessage } from '../message.ts'

/** Upper bound of the size of the PUBLISH packet of `message`, in bytes (section 3.3). */
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

export function byteLength(payload: string | Buffer): number {
  return typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length
}
