import { AppError } from '../../../../lib/errors.ts'
import type { Stream } from '../../../../amazon-music/entity.ts'

/** A stream's URL and headers for mpv: secret, for its IPC only. */
export interface Address {
  readonly url: string
  /** mpv's option `http-header-fields`: `Name: value`, separated by commas; empty for none. */
  readonly headers: string
}

/**
 * Converts a stream for mpv. mpv also opens files, devices and schemes of its own (`edl://`, `av://`), so
 * only http and https are allowed.
 *
 * @throws AppError `player/unplayable` when there is no URL, it is not http or https, or a header is
 *   malformed
 */
export function addressOf(stream: Stream | undefined): Address {
  if (stream === undefined) throw new AppError('player/unplayable', 'the service named no address to play')
  const given = stream.url.reveal()
  const url = URL.canParse(given) ? new URL(given) : undefined
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new AppError('player/unplayable', 'the address of the stream is not one of the web (http, https)')
  }
  return { url: url.href, headers: headerFields(stream.headers) }
}

function headerFields(headers: Stream['headers']): string {
  return Object.entries(headers)
    .map(([name, secret]) => {
      const value = secret.reveal()
      // A line end would start another header; a backslash at the end would escape mpv's comma.
      if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || /[^\t\u0020-\u007e]|\\$/.test(value)) {
        throw new AppError('player/unplayable', `header ${JSON.stringify(name)} of the stream is malformed`)
      }
      return `${name}: ${value}`.replaceAll(',', '\\,')
    })
    .join(',')
}
