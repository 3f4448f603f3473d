import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

import { within } from './eventually.ts'

/** Listens on a free port of this machine and returns the base URL, without a trailing slash. */
export async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await within('the server to listen', once(server, 'listening'))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Closes all connections and waits until the port is free. */
export async function stop(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await within('the server to close', closed)
}
