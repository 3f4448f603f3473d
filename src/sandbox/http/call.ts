import type { IncomingHttpHeaders } from 'node:http'

/** One HTTP request with its whole body. */
export class Call {
  readonly method: string
  /** Path without query, as sent. */
  readonly path: string
  readonly search: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  /** Values of the `{…}` segments of the route, decoded. */
  params: Readonly<Record<string, string>> = {}
  #query: URLSearchParams | null = null

  constructor(method: string, target: string, headers: IncomingHttpHeaders, body: Buffer) {
    const mark = target.indexOf('?')
    this.method = method
    this.path = mark < 0 ? target : target.slice(0, mark)
    this.search = mark < 0 ? '' : target.slice(mark)
    this.headers = headers
    this.body = body
  }

  /** Parsed on first use: most requests have no query. */
  get query(): URLSearchParams {
    return (this.#query ??= new URLSearchParams(this.search))
  }

  /** A header as one string; null when absent. `name` must be lower case. */
  header(name: string): string | null {
    const value = this.headers[name]
    if (value === undefined) return null
    return typeof value === 'string' ? value : value.join(', ')
  }

  /** The media type of the body in lower case, without parameters. */
  get contentType(): string {
    return (this.header('content-type') ?? '').split(';', 1).join('').trim().toLowerCase()
  }

  param(name: string): string {
    return this.params[name] ?? ''
  }
}
