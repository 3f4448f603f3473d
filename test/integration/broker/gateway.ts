import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export interface GatewayOptions {
  /** Be a broker that does not know MQTT 5: answer it with return code 1, or close without an answer. */
  readonly refuseVersion5?: 'said' | 'silently'
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
      far.on('data', (bytes) => {
        if (!held) near.write(bytes)
      })
      near.on('close', () => far.destroy())
      far.on('close', () => near.destroy())
      for (const socket of [near, far]) {
        sockets.add(socket)
        socket.on('close', () => sockets.delete(socket))
      }
    })
  }).listen(0, 'localhost')
  await once(server, 'listening')
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
      await once(server, 'close')
    },
  }
}
