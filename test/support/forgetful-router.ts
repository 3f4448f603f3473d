import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { TestContext } from 'node:test'

import { within } from './eventually.ts'

/** A TCP proxy that behaves like a router with a connection table. */
export interface ForgetfulRouter {
  readonly url: URL
  /** Number of connections so far. */
  readonly connections: number
  /**
   * From now on drops all data of existing connections, without notice to either end. New connections work.
   */
  forget(): void
  /** Like {@link forget}, but resets a connection when its client sends data. */
  forgetAloud(): void
}

export async function forgetfulRouter(t: TestContext, behind: URL): Promise<ForgetfulRouter> {
  const pairs = new Set<readonly [Socket, Socket]>()
  let connections = 0
  const server = createServer((outer) => {
    connections++
    const inner = connect(Number(behind.port), behind.hostname)
    const pair = [outer, inner] as const
    pairs.add(pair)
    for (const end of pair) end.on('error', () => undefined)
    outer.pipe(inner).pipe(outer)
    outer.on('close', () => {
      pairs.delete(pair)
      inner.destroy()
    })
  })
  server.listen(0, '127.0.0.1')
  await within('the server to listen', once(server, 'listening'))
  t.after(() => {
    server.close()
    for (const ends of pairs) for (const end of ends) end.destroy()
  })
  const cut = (onData: (outer: Socket) => void): void => {
    for (const [outer, inner] of pairs) {
      outer.unpipe(inner)
      inner.unpipe(outer)
      outer.on('data', () => onData(outer))
      outer.resume()
    }
  }
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    get connections() {
      return connections
    },
    forget: () => cut(() => undefined),
    forgetAloud: () => cut((outer) => outer.resetAndDestroy()),
  }
}
