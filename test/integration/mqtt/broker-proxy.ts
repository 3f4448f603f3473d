import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

import { firstPacket } from './no-ack-broker.ts'
import { within } from '../../support/eventually.ts'

export interface GatewayOptions {
  /** Be a broker that does not know MQTT 5: answer it with return code 1, or close without an answer. */
  readonly refuseVersion5?: 'said' | 'silently'
  /**
   * Be a broker that missed an acknowledgement: a QoS 1 message to a topic that ends so comes again with DUP, at once or on
   * the next connection.
   */
  readonly again?: { readonly topicEnd: string; readonly when: 'at once' | 'on the next connection' }
}

/** Stands between agent and broker: an older broker, a cable that can be pulled, a broker that falls silent. */
export interface Gateway extends AsyncDisposable {
  readonly url: URL
  /** CONNECT packets seen, by the protocol level they asked for. */
  readonly connects: readonly number[]
  /** Destroys all connections, as a cut cable followed by a router's reset does. */
  cut(): void
  /** Nothing more reaches the agent, though the connections stand. */
  hold(): void
  /** The end of {@link hold}: those connections break, later ones work. */
  release(): void
}

/** The level stands after the fixed header (2 bytes, or 3 from 128 on) and the name MQTT (sections 3.1.1, 3.1.2.2). */
function protocolLevel(connectPacket: Buffer): number {
  return connectPacket[connectPacket.indexOf('MQTT') + 4] ?? 0
}

const unacceptableVersion = Buffer.from([0x20, 0x02, 0x00, 0x01])

export async function startGateway(to: URL, options: GatewayOptions = {}): Promise<Gateway> {
  const sockets = new Set<Socket>()
  const connects: number[] = []
  let held = false
  const missed: Buffer[] = []

  const server = createServer({ noDelay: true }, (near) => {
    near.on('error', () => undefined)
    near.once('data', (first: Buffer) => {
      const level = protocolLevel(first)
      connects.push(level)
      if (level === 5 && options.refuseVersion5 !== undefined) {
        near.end(options.refuseVersion5 === 'said' ? unacceptableVersion : Buffer.alloc(0))
        return
      }
      const far = connect({ port: Number(to.port), host: to.hostname, noDelay: true })
      far.on('error', () => near.destroy())
      far.write(first)
      near.pipe(far)
      const pass = options.again === undefined ? undefined : passAgain(options.again, missed, near)
      far.on('data', (bytes: Buffer) => {
        if (held) return
        if (pass === undefined) near.write(bytes)
        else pass(bytes)
      })
      near.on('close', () => far.destroy())
      far.on('close', () => near.destroy())
      for (const socket of [near, far]) {
        sockets.add(socket)
        socket.on('close', () => sockets.delete(socket))
      }
    })
  }).listen(0, 'localhost')
  await within('the server to listen', once(server, 'listening'))
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }

  return {
    url: new URL(`mqtt://localhost:${(server.address() as AddressInfo).port}`),
    connects,
    cut,
    hold: () => (held = true),
    release() {
      cut()
      held = false
    },
    async [Symbol.asyncDispose]() {
      cut()
      server.close()
      await within('the server to close', once(server, 'close'))
    },
  }
}

/** The packet type stands in the upper half of the first byte, DUP in bit 3, QoS 1 in bit 1 (section 3.3.1). */
function passAgain(
  { topicEnd, when }: NonNullable<GatewayOptions['again']>,
  missed: Buffer[],
  near: Socket,
): (bytes: Buffer) => void {
  let rest = Buffer.alloc(0)
  return (bytes) => {
    rest = Buffer.concat([rest, bytes])
    for (let packet = firstPacket(rest); packet !== undefined; packet = firstPacket(rest)) {
      rest = rest.subarray(packet.length)
      const copy = Buffer.from(packet)
      near.write(copy)
      const [first = 0] = copy
      if (first >> 4 === 9) for (const old of missed.splice(0)) near.write(old)
      if (first >> 4 !== 3 || (first & 0b0110) !== 0b0010 || !copy.includes(topicEnd)) continue
      const again = Buffer.from(copy)
      again[0] = first | 0b1000
      if (when === 'at once') near.write(again)
      else missed.push(again)
    }
  }
}
