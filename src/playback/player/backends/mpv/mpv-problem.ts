import type { Clock } from '../../../../lib/clock.ts'
import { AppError } from '../../../../lib/errors.ts'

/** Status codes for a URL that has expired. */
const expiredStatuses = ['401', '403', '404', '410']

/** This many undecodable packets within {@link windowMs} are no longer a flaw of a recording. */
const mostUndecoded = 100
const windowMs = 10_000

/** Garbage causes thousands of lines. */
const mostLines = 30

/**
 * Why an entry of mpv's playlist failed. mpv's own error is too general (`loading failed`). Details are only
 * in its log, whose lines do not name their entry: each entry collects the lines logged in its time.
 */
export class MpvProblem {
  readonly #clock: Clock
  #status: string | undefined
  #connection = false
  #certificate = false
  #prematurely = false
  #undecoded = 0
  #lines = 0
  #windowEndsMs = -Infinity

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** A line of mpv's log at level warn or above. */
  note(prefix: string, text: string): void {
    this.#lines++
    const [, status] = /HTTP error (\d{3})/.exec(text) ?? []
    if (status !== undefined) this.#status = status
    if (/certificate|handshake/i.test(text)) this.#certificate = true
    if (/\b(tcp|tls|https?): |Connection |Network is|resolve hostname|timed out|I\/O error/i.test(text)) {
      this.#connection = true
    }
    if (/ends prematurely|Will reconnect/i.test(text)) this.#prematurely = true
    if (prefix === 'ad' && /Error decoding audio/.test(text)) this.#countUndecoded()
  }

  /** Whether mpv has logged so much about it that more need not be logged. */
  get isWordy(): boolean {
    return this.#lines > mostLines
  }

  /** Whether the data is not sound: encrypted, or garbage. */
  get isGarbage(): boolean {
    return this.#undecoded >= mostUndecoded
  }

  /** Whether the connection was lost in the middle. */
  get brokeOff(): boolean {
    return this.#prematurely
  }

  /** @param fileError mpv's `file_error` of `end-file`, empty for none */
  error(fileError: string): AppError {
    if (/audio output/.test(fileError)) {
      return new AppError('player/device', 'the sound card could not be opened')
    }
    // The requested range does not exist: in an empty file not even the first byte.
    if (this.#status === '416') return new AppError('player/unplayable', 'there is nothing in the stream')
    if (this.#status !== undefined) {
      const code = expiredStatuses.includes(this.#status) ? 'player/expired' : 'player/network'
      return new AppError(code, `the server of the stream answered ${this.#status}`)
    }
    if (this.#certificate) {
      return new AppError('player/network', "the certificate of the stream's server is not trusted")
    }
    if (this.isGarbage) return new AppError('player/unplayable', 'what came could not be decoded')
    if (this.#connection) return new AppError('player/network', 'the stream could not be fetched')
    if (/unrecognized file format|no audio or video/.test(fileError)) {
      return new AppError('player/unplayable', 'what came is not sound in a known format')
    }
    // A server that hangs causes no line in the log.
    if (fileError === 'loading failed') {
      return new AppError('player/network', 'the stream could not be fetched')
    }
    return fileError === ''
      ? new AppError('player/network', 'the stream broke off before its end')
      : new AppError('player/failed', `mpv could not play the stream: ${fileError}`)
  }

  #countUndecoded(): void {
    const nowMs = this.#clock.monotonicMs()
    if (nowMs > this.#windowEndsMs) {
      this.#undecoded = 0
      this.#windowEndsMs = nowMs + windowMs
    }
    this.#undecoded++
  }
}
