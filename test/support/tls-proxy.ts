import { once } from 'node:events'
import { connect, type AddressInfo, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { createServer } from 'node:tls'

import type { Certificate } from './tls-authority.ts'
import { within } from './eventually.ts'

/**
 * A TLS proxy in front of a plain server of this machine. @returns its URL, `https://localhost:…`, and a
 * function that closes it
 */
export async function tlsFront(
  t: TestContext,
  behind: URL,
  certificate: Certificate,
  port = 0,
): Promise<{ readonly url: URL; readonly close: () => Promise<void> }> {
  const sockets = new Set<Socket>()
  const server = createServer({ cert: certificate.cert, key: certificate.key }, (socket) => {
    const plain = connect(Number(behind.port), behind.hostname)
    for (const end of [socket, plain]) {
      sockets.add(end)
      end.on('error', () => undefined)
      end.on('close', () => {
        sockets.delete(end)
        socket.destroy()
        plain.destroy()
      })
    }
    socket.pipe(plain).pipe(socket)
  })
  // A client that refuses our certificate aborts the handshake.
  server.on('tlsClientError', () => undefined)
  server.listen(port, 'localhost')
  await within('the server to listen', once(server, 'listening'))
  const close = async (): Promise<void> => {
    if (!server.listening) return
    server.close()
    for (const socket of sockets) socket.destroy()
    await within('the server to close', once(server, 'close'))
  }
  t.after(close)
  return { url: new URL(`https://localhost:${(server.address() as AddressInfo).port}`), close }
}
