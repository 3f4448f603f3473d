import type { Clock } from '../../../lib/clock.ts'
import { errorCodes } from '../../../lib/error-codes.ts'
import { AppError } from '../../../lib/errors.ts'
import type { Http, HttpResponse } from '../../../lib/http/http.ts'
import type { Secret } from '../../../lib/secret.ts'
import { isSecure } from '../../../lib/http/secure-url.ts'

/** What to fetch, and until when, by the monotonic clock. */
export interface ManifestRequest {
  readonly url: URL
  readonly headers: Readonly<Record<string, Secret>>
  readonly untilMs: number
  /** Fetch only so many bytes, if the server supports ranges. */
  readonly first?: number
}

/** The response after all redirects. */
export interface Fetched {
  readonly url: URL
  /** Undefined: the response is larger than any manifest. */
  readonly response: HttpResponse | undefined
}

const mostRedirects = 5
/** A manifest of an hour, with a URL for every one-second segment, takes a third of this. */
const mostBytes = 1024 * 1024

/** Status codes for a URL that has expired. */
const expired = [401, 403, 404, 410]
const redirects = [301, 302, 303, 307, 308]

/**
 * Fetches a manifest, or the beginning of a stream, and follows redirects, as players do. Sends the headers
 * only to the server that they are meant for: they may contain a key.
 *
 * @throws AppError `player/expired`, `player/network`, `player/unplayable`, without the URL; signal.reason
 */
export async function fetchManifest(
  http: Http,
  clock: Clock,
  { url, headers, untilMs, first }: ManifestRequest,
  signal: AbortSignal,
): Promise<Fetched> {
  const range = first === undefined ? {} : { range: `bytes=0-${first - 1}` }
  let at = url
  for (let hops = 0; hops <= mostRedirects; hops++) {
    if (!isSecure(at)) throw new AppError('player/unplayable', 'the address of the stream is not https')
    const response = await exchanged(
      http.exchange(
        {
          method: 'GET',
          url: at,
          headers: { ...(at.origin === url.origin ? headers : {}), ...range },
          timeoutMs: Math.max(1, untilMs - clock.monotonicMs()),
          maxBytes: mostBytes,
        },
        signal,
      ),
    )
    if (response === undefined) return { url: at, response }
    const { status } = response
    const to = response.header('location')
    if (!redirects.includes(status) || to === undefined) return { url: at, response: checked(response) }
    if (!URL.canParse(to, at.href))
      throw new AppError('player/unplayable', 'the stream is nowhere to be found')
    at = new URL(to, at)
  }
  throw new AppError('player/network', 'the server of the stream sends in circles')
}

function checked(response: HttpResponse): HttpResponse {
  const { status } = response
  if (status === 200 || status === 206) return response
  const code = expired.includes(status) ? 'player/expired' : 'player/network'
  throw new AppError(code, `the server of the stream answered ${status}`, { facts: { status } })
}

/** Replaces errors that contain the path: the path is part of what gives access. */
async function exchanged(exchange: Promise<HttpResponse>): Promise<HttpResponse | undefined> {
  try {
    return await exchange
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    if (error.code === 'net/too-large') return undefined
    throw new AppError('player/network', `the stream could not be fetched: ${errorCodes[error.code].cause}`, {
      facts: { reason: error.code },
    })
  }
}
