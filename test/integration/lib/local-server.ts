import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import type { TestContext } from 'node:test'

/** A server of the test's own on a free port of this machine; ended with the test. */
export async function localServer(t: TestContext, listener: RequestListener): Promise<URL> {
  return new URL(`http://127.0.0.1:${await listen(t, createServer(listener))}`)
}

/** The same over TLS, reached as `localhost`. */
export async function localTlsServer(
  t: TestContext,
  pair: { key: string; cert: string },
  listener: RequestListener = (_request, response) => void response.end('secure'),
): Promise<URL> {
  const server = createTlsServer(pair, listener)
  return new URL(`https://localhost:${await listen(t, server)}`)
}

async function listen(t: TestContext, server: Server & { closeAllConnections(): void }): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    await closed
  })
  return (server.address() as AddressInfo).port
}

/** The request's body as text. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

/** Sends headers and a first byte, and never ends. */
export function stall(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/plain' })
  response.write('x')
}
