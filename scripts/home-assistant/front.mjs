import { createServer } from 'node:http'
import { once } from 'node:events'

/**
 * Stands before the sandbox's music API and does what the sandbox does not.
 *
 * @param {string} target the sandbox's address
 */
export async function startFront(target) {
  const front = {
    url: '',
    /** As if the service could not be reached. */
    isAway: false,
    /** In place of every title, if given. */
    title: undefined,
    close: () => server.close().closeAllConnections(),
  }
  const server = createServer((request, response) => {
    if (front.isAway) request.socket.destroy()
    else pass(request, response).catch(() => response.destroy())
  })
  async function pass(request, response) {
    const parts = []
    for await (const part of request) parts.push(part)
    const { host: _, connection: __, ...headers } = request.headers
    const answer = await fetch(`${target}${request.url}`, {
      method: request.method,
      headers,
      redirect: 'manual',
      ...(parts.length === 0 ? {} : { body: Buffer.concat(parts) }),
    })
    const body = Buffer.from(await answer.arrayBuffer())
    const said = Object.fromEntries(answer.headers)
    for (const name of ['content-length', 'content-encoding', 'transfer-encoding', 'connection'])
      delete said[name]
    response.writeHead(answer.status, said)
    response.end(front.title === undefined ? body : retitled(body, front.title))
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  front.url = `http://127.0.0.1:${server.address().port}`
  return front
}

function retitled(body, title) {
  return JSON.stringify(JSON.parse(body), (key, value) =>
    key === 'title' && typeof value === 'string' ? title : value,
  )
}
