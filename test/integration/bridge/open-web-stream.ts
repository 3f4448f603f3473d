/**
 * Run in a network namespace of its own by announcement-addresses.test.ts: opens `/` of each name in the arguments at a
 * port where somebody on this machine listens, prints what came of it, and how often that one was asked.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { toAppError } from '../../../src/lib/errors.ts'
import { openWebStream } from '../../../src/lib/http/web-stream.ts'
import { within } from '../../support/eventually.ts'

let asked = 0
const server = createServer((_request, response) => {
  asked++
  response.end()
})
server.listen(0)
await within('the server to listen', once(server, 'listening'))
const { port } = server.address() as AddressInfo
for (const name of process.argv.slice(2)) {
  const request = {
    url: new URL(`http://${name}:${port}/`),
    headers: {},
    allowedHosts: [],
    answerWithinMs: 5_000,
  }
  const outcome = await openWebStream(request, new AbortController().signal).then(
    ({ statusCode }) => String(statusCode),
    (error: unknown) => toAppError(error).code,
  )
  process.stdout.write(`${name} ${outcome}\n`)
}
process.stdout.write(`asked ${asked}\n`)
process.exit(0)
