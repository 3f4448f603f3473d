import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { TestContext } from 'node:test'

import { listen, stop } from '../../support/listen.ts'

/** A web server of the test's own, with one listener for each path. */
export interface SoundServer {
  /** Without a slash at its end. */
  readonly url: string
  /** What was asked for, in order. */
  readonly requests: readonly Asked[]
}

export interface Asked {
  /** With the query. */
  readonly path: string
  readonly headers: IncomingMessage['headers']
}

/** Starts one; it ends with the test. */
export async function soundServer(
  t: TestContext,
  routes: Readonly<Record<string, RequestListener>>,
): Promise<SoundServer> {
  const requests: Asked[] = []
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    requests.push({ path, headers: request.headers })
    const listener = routes[path.split('?')[0] ?? '']
    if (listener === undefined) response.writeHead(404).end()
    else listener(request, response)
  })
  const url = await listen(server)
  t.after(() => stop(server))
  return { url, requests }
}

/** A WAV file with an even tone: mono, 16 kHz, its level -15.05 dB. */
export function wav(seconds: number, toneHz: number): Buffer {
  const rate = 16_000
  const file = Buffer.alloc(44 + 2 * rate * seconds)
  file.write('RIFF', 0, 'latin1')
  file.writeUInt32LE(file.length - 8, 4)
  file.write('WAVEfmt ', 8, 'latin1')
  for (const [at, value] of [16, 0x1_0001, rate, 2 * rate, 0x10_0002].entries()) {
    file.writeUInt32LE(value, 16 + 4 * at)
  }
  file.write('data', 36, 'latin1')
  file.writeUInt32LE(file.length - 44, 40)
  for (let i = 0; i < rate * seconds; i++) {
    file.writeInt16LE(Math.round(8192 * Math.sin((2 * Math.PI * toneHz * i) / rate)), 44 + 2 * i)
  }
  return file
}

/** Serves `bytes` as file servers do, parts of it too. */
export function file(bytes: Buffer, type = 'audio/wav'): RequestListener {
  return (request, response) => send(request, response, bytes, type)
}

function send(request: IncomingMessage, response: ServerResponse, bytes: Buffer, type: string): void {
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? []
  const first = Number(from ?? 0)
  const last = to === undefined || to === '' ? bytes.length - 1 : Math.min(Number(to), bytes.length - 1)
  if (first >= bytes.length) {
    response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end()
    return
  }
  response.writeHead(from === undefined ? 200 : 206, {
    'content-type': type,
    'accept-ranges': 'bytes',
    'content-length': last - first + 1,
    ...(from === undefined ? {} : { 'content-range': `bytes ${first}-${last}/${bytes.length}` }),
  })
  response.end(bytes.subarray(first, last + 1))
}
