import { once } from 'node:events'
import { createServer, type AddressInfo, type Server } from 'node:net'

import { Aedes } from 'aedes'

const usualPort = 1883

/** An MQTT 3.1.1 broker in this process, on 127.0.0.1:1883 or on a free port. */
export interface EmbeddedBroker extends AsyncDisposable {
  readonly url: string
}

export async function startEmbeddedBroker(): Promise<EmbeddedBroker> {
  const broker = await Aedes.createBroker()
  const server = createServer((socket) => void broker.handle(socket))
  const port = await listen(server, usualPort).catch(() => listen(server, 0))
  return {
    url: `mqtt://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => broker.close(resolve))
      server.close()
    },
  }
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1')
  // Rejects if `error` is emitted first.
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
