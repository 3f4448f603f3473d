import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream'

import { AppError, toAppError } from '../../lib/errors.ts'
import { errorFields, type Log } from '../../lib/log.ts'
import { Secret } from '../../lib/secret.ts'
import { openWebStream } from '../../lib/http/web-stream.ts'

export interface AnnouncementRelayOptions {
  /** Hosts that are allowed although they are on this machine or its link (A2M_ANNOUNCE_HOSTS). */
  readonly allowedHosts: readonly string[]
  /** PEM: the certificate authorities to trust. Default: those of Node.js. */
  readonly ca?: readonly string[]
  readonly log: Log
}

/** An announcement that the relay serves to the player. */
export interface Offer {
  /** URL of the relay on this machine. */
  readonly url: Secret
  /**
   * Why the fetch failed, once known. The message is the same for all failures of the server, so that it
   * cannot serve as a port scanner.
   */
  readonly failure: AppError | undefined
  close(): Promise<void>
}

const answerWithinMs = 9_000
/** Response headers that are passed on to the player. */
const passed = ['content-type', 'content-length', 'content-range', 'accept-ranges'] as const
/** Matches a manifest: a list of other URLs, and not sound. */
const manifest = /<MPD|^(\xef\xbb\xbf)?\s*(#EXTM3U|<\?xml)/i

/**
 * Fetches an announcement for the player and serves it on this machine, because a player follows redirects
 * and DNS names to any host.
 */
export async function offerAnnouncement(
  url: Secret,
  { allowedHosts, ca, log }: AnnouncementRelayOptions,
): Promise<Offer> {
  const key = randomBytes(16).toString('hex')
  const over = new AbortController()
  let failure: AppError | undefined
  const fail = (error: unknown): void => {
    if (over.signal.aborted) return
    const found = toAppError(error)
    log.info('An announcement could not be fetched', errorFields(found))
    failure ??= forSender(found)
  }

  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { range } = request.headers
    const answer = await openWebStream(
      {
        url: new URL(url.reveal()),
        headers: { 'user-agent': 'amazonmusic2mqtt', ...(range === undefined ? {} : { range }) },
        allowedHosts,
        ...(ca === undefined ? {} : { ca }),
        answerWithinMs,
      },
      over.signal,
    )
    // The player may have disconnected meanwhile.
    if (response.destroyed) answer.destroy()
    response.on('close', () => answer.destroy())
    const { statusCode = 0 } = answer
    if (statusCode !== 200 && statusCode !== 206 && statusCode !== 416) {
      answer.destroy()
      throw new AppError('net/answer', `the server of the announcement answered ${statusCode}`)
    }
    const headers = passed.flatMap((name) => {
      const value = answer.headers[name]
      return value === undefined ? [] : [[name, value] as const]
    })
    const first = await firstBytes(answer)
    if (/dash\+xml|mpegurl/i.test(answer.headers['content-type'] ?? '') || manifest.test(first)) {
      answer.destroy()
      throw new AppError('player/unplayable', 'an announcement is one file, not a list of others')
    }
    response.writeHead(statusCode, Object.fromEntries(headers))
    pipeline(answer, response, () => undefined)
  }

  const server = createServer((request, response) => {
    response.on('error', () => undefined)
    if (request.url !== `/${key}`) return void response.writeHead(404).end()
    pass(request, response).catch((error: unknown) => {
      fail(error)
      response.writeHead(502).end()
    })
  })
  const port = await listen(server)
  return {
    url: new Secret(`http://127.0.0.1:${port}/${key}`),
    get failure() {
      return failure
    },
    close() {
      over.abort()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      return closed
    },
  }
}

/** Peeks at the first bytes, as text; the next reader gets them again. */
async function firstBytes(answer: IncomingMessage): Promise<string> {
  const chunk = await new Promise<Buffer | null>((resolve) => {
    const read = (): void => {
      const found = answer.read() as Buffer | null
      if (found !== null || answer.readableEnded || answer.destroyed) resolve(found)
      else answer.once('readable', read)
    }
    answer.once('end', () => resolve(null))
    answer.once('close', () => resolve(null))
    read()
  })
  if (chunk === null) return ''
  answer.unshift(chunk)
  return chunk.toString('latin1', 0, 4_096)
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}

/** The error for the sender of the announcement. It must not reveal what answers at the URL. */
function forSender({ code, message }: AppError): AppError {
  return code === 'playback/announce-host' || code === 'player/unplayable'
    ? new AppError(code, message)
    : new AppError('player/network', 'The announcement could not be fetched; the log says why')
}
