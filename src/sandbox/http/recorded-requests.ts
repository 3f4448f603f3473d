import type { IncomingHttpHeaders } from 'node:http'
import { Ring } from '../ring.ts'
import type { Call } from './call.ts'

/** A received request, for tests. */
export interface RecordedRequest {
  /** Time on the sandbox's clock, in ms. */
  readonly atMs: number
  readonly epochMs: number
  readonly method: string
  readonly path: string
  /** Includes the `?`; empty without a query. */
  readonly search: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** 0 when the connection was broken. */
  readonly status: number
}

const CAPACITY = 10_000
/** Longer bodies are cut: ten thousand of the longest would not fit into memory. */
const BODY_BYTES = 65_536

const HEADERS_OF_INTEREST = [
  'authorization',
  'x-api-key',
  'x-amz-access-token',
  'content-type',
  'accept-language',
  'user-agent',
  'range',
  'amzn-image-style',
  'x-amzn-audio-drmtype',
  'x-amzn-audio-device-capability',
  'x-amzn-device-id',
]

interface Kept extends Omit<RecordedRequest, 'headers' | 'body'> {
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** The last 10,000 requests. They are formatted when listed, so that recording costs almost nothing. */
export class RecordedRequests {
  readonly #kept = new Ring<Kept>(CAPACITY)

  add(call: Call, atMs: number, epochMs: number, status: number): void {
    const body = call.body.length > BODY_BYTES ? Buffer.from(call.body.subarray(0, BODY_BYTES)) : call.body
    const { method, path, search, headers } = call
    this.#kept.add({ atMs, epochMs, method, path, search, headers, body, status })
  }

  clear(): void {
    this.#kept.clear()
  }

  get count(): number {
    return this.#kept.added
  }

  /** Requests with this method whose path begins with `path`, case-insensitive, oldest first. */
  list(method?: string, path?: string): RecordedRequest[] {
    return this.#kept
      .list()
      .filter((kept) => method === undefined || kept.method === method.toUpperCase())
      .filter((kept) => path === undefined || kept.path.toLowerCase().startsWith(path.toLowerCase()))
      .map(inWords)
  }
}

function inWords(kept: Kept): RecordedRequest {
  const headers: Record<string, string> = {}
  for (const name of HEADERS_OF_INTEREST) {
    const value = kept.headers[name]
    if (typeof value === 'string') headers[name] = value
  }
  return { ...kept, headers, body: kept.body.toString('utf8') }
}
