import type { Http, HttpRequest, HttpResponse } from '../../../src/lib/http/http.ts'

/** The real HTTP, counted, and answers held up on their way where a test wants that. */
export class HttpLine implements Http {
  readonly #http: Http
  /** What each exchange waits for before it goes out, where a test wants that; it fails with what this throws. */
  before: ((signal: AbortSignal) => Promise<void>) | undefined
  #busy = 0
  #held: { readonly path: string; readonly method: string; readonly release: Promise<void> } | undefined

  constructor(http: Http) {
    this.#http = http
  }

  /** Exchanges under way, but for those held up. */
  get busy(): number {
    return this.#busy
  }

  /** The next answer to `method` and a path that ends with `path` arrives when the returned function is called. */
  hold(method: string, path: string): () => void {
    const { promise, resolve } = withResolvers()
    this.#held = { method, path, release: promise }
    return resolve
  }

  async exchange(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
    if (this.before !== undefined) await this.before(signal)
    const held = this.#held
    const isHeld = held?.method === request.method && request.url.pathname.endsWith(held.path)
    if (isHeld) this.#held = undefined
    this.#busy++
    try {
      const answer = await this.#http.exchange(request, signal)
      if (!isHeld) return answer
      this.#busy--
      try {
        await held.release
      } finally {
        this.#busy++
      }
      signal.throwIfAborted()
      return answer
    } finally {
      this.#busy--
    }
  }

  close(): void {
    this.#http.close()
  }
}

function withResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined
  const promise = new Promise<void>((done) => (resolve = done))
  return { promise, resolve }
}
