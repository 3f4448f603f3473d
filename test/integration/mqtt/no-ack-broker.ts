import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'

import { within } from '../../support/eventually.ts'

/** A broker that greets, grants subscriptions and answers pings (which it wants every second), and acknowledges nothing. */
export interface DeafBroker extends AsyncDisposable {
  readonly url: URL
}

/** MQTT 5: CONNACK with Server Keep Alive 1 s (section 3.2.2.3.14). */
const connack = Buffer.from([0x20, 0x06, 0x00, 0x00, 0x03, 0x13, 0x00, 0x01])
const pingresp = Buffer.from([0xd0, 0x00])

export async function startDeafBroker(): Promise<DeafBroker> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    let rest = Buffer.alloc(0)
    socket.on('error', () => undefined)
    socket.on('data', (bytes: Buffer) => {
      rest = Buffer.concat([rest, bytes])
      for (let packet = firstPacket(rest); packet !== undefined; packet = firstPacket(rest)) {
        rest = rest.subarray(packet.length)
        answer(socket, packet)
      }
    })
  }).listen(0, 'localhost')
  await within('the server to listen', once(server, 'listening'))
  return {
    url: new URL(`mqtt://localhost:${(server.address() as AddressInfo).port}`),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await within('the server to close', once(server, 'close'))
    },
  }
}

/** Fixed header: type, then the remaining length in 7-bit digits (section 2.1.4). */
export function firstPacket(bytes: Buffer): Buffer | undefined {
  let length = 0
  for (let at = 1, shift = 0; at < bytes.length; at++, shift += 7) {
    const digit = bytes[at] ?? 0
    length += (digit & 0x7f) << shift
    if (digit < 0x80) return bytes.length >= at + 1 + length ? bytes.subarray(0, at + 1 + length) : undefined
  }
  return undefined
}

function answer(socket: Socket, packet: Buffer): void {
  const type = (packet[0] ?? 0) >> 4
  if (type === 1) socket.write(connack)
  // SUBACK with the packet id, no properties, QoS 1 granted to the one subscription.
  if (type === 8) socket.write(Buffer.from([0x90, 0x04, packet[2] ?? 0, packet[3] ?? 0, 0x00, 0x01]))
  if (type === 12) socket.write(pingresp)
}
