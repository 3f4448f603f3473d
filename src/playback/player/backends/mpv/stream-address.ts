import { AppError } from '../../../../lib/errors.ts'
import type { Stream } from '../../../../amazon-music/entity.ts'

/** What mpv is told of a stream: secret, for its IPC only. */
export interface Address {
  readonly url: string
  /** mpv's option `http-header-fields`: `Name: value` with commas between; empty for none. */
  readonly headers: string
}

/**
 * The address of a stream as mpv is to get it. mpv also opens files, devices and its own little languages (`edl://`,
 * `av://`), so only the web is let through.
 *
 * @throws AppError `player/unplayable` when there is none, it is not of the web, or a header is malformed
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
      // A line end would begin another header; a backslash at the end would swallow mpv's comma.
      if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || /[^\t\u0020-\u007e]|\\$/.test(value)) {
        throw new AppError('player/unplayable', `header ${JSON.stringify(name)} of the stream is malformed`)
      }
      return `${name}: ${value}`.replaceAll(',', '\\,')
    })
    .join(',')
}
