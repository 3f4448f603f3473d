import type { Readable } from 'node:stream'

/** An HTTP response. If the body is a stream, the headers must contain its length. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer | Readable
  /** The body for the fault `endless`. Without it, the normal body is repeated. */
  readonly endless?: () => Readable
}

const JSON_HEADERS = { 'content-type': 'application/json;charset=UTF-8', 'cache-control': 'no-store' }

export function jsonAnswer(status: number, body: unknown): Answer {
  return { status, headers: JSON_HEADERS, body: JSON.stringify(body) }
}

/** The sign-in page loads no other resources and must not be framed. */
const PAGE_HEADERS = {
  'content-type': 'text/html;charset=UTF-8',
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

export function pageAnswer(status: number, html: string): Answer {
  return { status, headers: PAGE_HEADERS, body: html }
}
