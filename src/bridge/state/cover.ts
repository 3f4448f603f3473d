import { errorFields, type Log } from '../../lib/log.ts'
import type { Http } from '../../lib/http/http.ts'

/** Larger covers only burden the broker (docs/mqtt.md#what-the-agent-publishes). */
const mostBytes = 200_000

export interface Picture {
  /** As downloaded. */
  readonly bytes: Buffer
  readonly contentType: 'image/jpeg' | 'image/png'
}

export interface CoverOptions {
  readonly http: Http
  readonly log: Log
  /** Undefined for no cover. */
  readonly publish: (picture: Picture | undefined) => void
}

/** Publishes the cover of what plays; each image is fetched once, when it changes. */
export class Cover {
  readonly #options: CoverOptions
  #url: string | undefined
  #failed = false
  #fetching = new AbortController()

  constructor(options: CoverOptions) {
    this.#options = options
  }

  /** @param life aborts the download */
  show(url: string | undefined, life: AbortSignal): void {
    if (url === this.#url) return
    this.#url = url
    this.#failed = false
    this.#fetching.abort()
    this.#fetching = new AbortController()
    if (url === undefined) this.#options.publish(undefined)
    else void this.#fetch(url, AbortSignal.any([life, this.#fetching.signal]))
  }

  /** Retries a download that failed. @param life aborts it */
  retryNow(life: AbortSignal): void {
    const url = this.#failed ? this.#url : undefined
    this.#failed = false
    if (url !== undefined) void this.#fetch(url, AbortSignal.any([life, this.#fetching.signal]))
  }

  async #fetch(url: string, signal: AbortSignal): Promise<void> {
    let picture: Picture | undefined
    try {
      const address = new URL(url)
      const response = await this.#options.http.exchange(
        { method: 'GET', url: address, maxBytes: mostBytes },
        signal,
      )
      const contentType = pictureType(response.body)
      if (response.status === 200 && contentType !== undefined)
        picture = { bytes: response.body, contentType }
      else this.#options.log.debug('The cover is not a picture the agent shows', { status: response.status })
    } catch (error) {
      this.#options.log.debug('The cover could not be fetched', errorFields(error))
    }
    if (signal.aborted) return
    this.#failed = picture === undefined
    this.#options.publish(picture)
  }
}

/** Detects the type by the first bytes: a declared type may be wrong. */
function pictureType(bytes: Buffer): Picture['contentType'] | undefined {
  if (bytes.subarray(0, 3).equals(jpegBegins)) return 'image/jpeg'
  return bytes.subarray(0, 8).equals(pngBegins) ? 'image/png' : undefined
}

const jpegBegins = Buffer.of(0xff, 0xd8, 0xff)
const pngBegins = Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
