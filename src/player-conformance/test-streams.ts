import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { bytesPerSecond, toneFile } from './tone.ts'

/** The content of a test stream: a tone, whole or not; an HTTP status; something other than sound. */
export type Course =
  | { readonly kind: 'whole'; readonly seconds: number }
  /** The connection breaks after `sent` seconds of sound, and again at each further request. */
  | { readonly kind: 'cut'; readonly seconds: number; readonly sent: number }
  /** Nothing comes after `sent` seconds of sound until {@link TestStream.release}. */
  | { readonly kind: 'held'; readonly seconds: number; readonly sent: number }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'garbage' }
  /** A DASH manifest of a protected stream. */
  | { readonly kind: 'protected' }

export interface TestStream {
  readonly url: string
  /** The headers of every request for it, in order. */
  readonly requests: readonly IncomingHttpHeaders[]
  release(): void
}

/** An HTTP server on this machine with streams to test a player. */
export interface TestStreams extends AsyncDisposable {
  add(course: Course): TestStream
  /** A URL at which nothing listens. */
  readonly nowhere: string
}

export async function startTestStreams(): Promise<TestStreams> {
  const streams: Served[] = []
  const server = createServer((request, response) => {
    // A player may disconnect at any time.
    response.on('error', () => undefined)
    const stream = streams[Number(/^\/(\d+)\//.exec(request.url ?? '')?.[1] ?? -1)]
    if (stream === undefined) return void response.writeHead(404).end()
    stream.requests.push(request.headers)
    serve(stream, request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    // The system gives no port below 1024 to a server that asks for a free one, and port 1 (tcpmux) is
    // unused.
    nowhere: 'http://127.0.0.1:1/nowhere.wav',
    add(course) {
      const released = new AbortController()
      const name = course.kind === 'protected' ? 'manifest.mpd' : 'tone.wav'
      const url = `http://127.0.0.1:${port}/${streams.length}/${name}`
      const file = 'seconds' in course ? toneFile(course.seconds, 330 + 55 * (streams.length % 8)) : undefined
      const stream = { course, url, requests: [], released: released.signal, file }
      streams.push(stream)
      return { url, requests: stream.requests, release: () => released.abort() }
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

interface Served {
  readonly course: Course
  readonly requests: IncomingHttpHeaders[]
  readonly released: AbortSignal
  readonly file: Buffer | undefined
}

function serve(stream: Served, request: IncomingMessage, response: ServerResponse): void {
  const { course, file } = stream
  if (course.kind === 'status') return void response.writeHead(course.status).end()
  if (course.kind === 'garbage') {
    return void response
      .writeHead(200, { 'content-type': 'audio/wav' })
      .end('This is no sound. '.repeat(5_000))
  }
  if (course.kind === 'protected') {
    return void response.writeHead(200, { 'content-type': 'application/dash+xml' }).end(protectedManifest)
  }
  if (file === undefined) return
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? []
  const from = Number(first ?? 0)
  const to = Math.min(last === undefined || last === '' ? Infinity : Number(last), file.length - 1)
  if (from > to) return void response.writeHead(416, { 'content-range': `bytes */${file.length}` }).end()
  const sentTo = course.kind === 'whole' ? to + 1 : Math.min(Math.round(course.sent * bytesPerSecond), to + 1)
  const range = { 'content-range': `bytes ${from}-${to}/${file.length}` }
  response.writeHead(first === undefined ? 200 : 206, {
    'content-type': 'audio/wav',
    'accept-ranges': 'bytes',
    'content-length': to + 1 - from,
    ...(first === undefined ? {} : range),
  })
  response.flushHeaders()
  const early = file.subarray(from, Math.max(from, sentTo))
  const late = file.subarray(Math.max(from, sentTo), to + 1)
  if (late.length === 0) return void response.end(early)
  if (course.kind === 'cut') return void response.write(early, () => response.destroy())
  response.write(early)
  if (stream.released.aborted) response.end(late)
  else stream.released.addEventListener('abort', () => response.end(late), { once: true })
}

/** Like the service's manifests; the protection system is Widevine. */
const protectedManifest = `<?xml version="1.0" encoding="UTF-8"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-on-demand:2011" type="static"
  mediaPresentationDuration="PT60S" minBufferTime="PT2S">
  <Period><AdaptationSet contentType="audio" mimeType="audio/mp4">
    <ContentProtection schemeIdUri="urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed"/>
    <Representation id="1" bandwidth="64000" codecs="opus" audioSamplingRate="48000">
      <BaseURL>sound.mp4</BaseURL><SegmentBase indexRange="800-900"/>
    </Representation>
  </AdaptationSet></Period>
</MPD>
`
