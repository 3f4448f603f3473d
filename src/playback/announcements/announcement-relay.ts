import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream'

import { AppError, toAppError } from '../../lib/errors.ts'
import { errorFields, type Log } from '../../lib/log.ts'
import { Secret } from '../../lib/secret.ts'
import { openWebStream } from '../../lib/http/web-stream.ts'

export interface AnnouncementRelayOptions {
  /** Hosts that may be on this machine or its link (A2M_ANNOUNCE_HOSTS). */
  readonly allowedHosts: readonly string[]
  /** PEM: the authorities to trust. Default: those of Node. */
  readonly ca?: readonly string[]
  readonly log: Log
}

/** An announcement that is offered to the player. */
export interface Offer {
  /** On this machine. */
  readonly url: Secret
  /** Why it could not be had, once that is known. The same words whatever the server did: no scanner of ports. */
  readonly failure: AppError | undefined
  close(): Promise<void>
}

const answerWithinMs = 9_000
/** What of the answer is the player's business. */
const passed = ['content-type', 'content-length', 'content-range', 'accept-ranges'] as const
/** Enough to tell a list of other addresses from sound. */
const manifest = /<MPD|^(\xef\xbb\xbf)?\s*(#EXTM3U|<\?xml)/i

/**
 * Fetches announcements in the player's place and hands them on over this machine, for a player follows redirects
 * and names to wherever they lead.
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
    // The player may have gone meanwhile.
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

/** As text; they are read again by who comes next. */
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

/** What the sender learns: what the address is, not what answers there. */
function forSender({ code, message }: AppError): AppError {
  return code === 'playback/announce-host' || code === 'player/unplayable'
    ? new AppError(code, message)
    : new AppError('player/network', 'The announcement could not be fetched; the log says why')
}
