/** The messages of mpv's IPC that are used here. `entry` is mpv's id of a playlist entry. */
export type MpvMessage =
  | { readonly type: 'reply'; readonly request: number; readonly error: string; readonly data: unknown }
  | { readonly type: 'start-file'; readonly entry: number }
  | { readonly type: 'file-loaded' }
  | { readonly type: 'playback-restart' }
  /** `reason` is `eof`, `stop`, `error`, `quit` or `redirect`; `fileError` details `error`. */
  | { readonly type: 'end-file'; readonly entry: number; readonly reason: string; readonly fileError: string }
  /** An observed property; undefined: it has no value now. */
  | { readonly type: 'property'; readonly name: string; readonly value: unknown }
  | { readonly type: 'log'; readonly prefix: string; readonly text: string }

/** Decodes one line of the IPC; undefined for what is not an {@link MpvMessage}. */
export function decodeMpvMessage(line: string): MpvMessage | undefined {
  const found = parsed(line)
  const text = (name: string): string => (typeof found[name] === 'string' ? found[name] : '')
  const count = (name: string): number => (typeof found[name] === 'number' ? found[name] : -1)
  switch (found['event']) {
    case undefined:
      return { type: 'reply', request: count('request_id'), error: text('error'), data: found['data'] }
    case 'start-file':
      return { type: 'start-file', entry: count('playlist_entry_id') }
    case 'file-loaded':
    case 'playback-restart':
      return { type: found['event'] }
    case 'end-file':
      return {
        type: 'end-file',
        entry: count('playlist_entry_id'),
        reason: text('reason'),
        fileError: text('file_error'),
      }
    case 'property-change':
      return { type: 'property', name: text('name'), value: found['data'] }
    case 'log-message':
      return { type: 'log', prefix: text('prefix'), text: text('text') }
    default:
      return undefined
  }
}

/**
 * Longer than any file; longer values, such as the length that mpv gives some endless streams, mean nothing.
 */
const mostSeconds = 1e9

/** Converts a length or position from mpv, in seconds, to milliseconds; undefined if the value is invalid. */
export function secondsAsMs(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= mostSeconds ? value * 1000 : undefined
}

function parsed(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? { ...value } : { event: 'none' }
  } catch {
    return { event: 'none' }
  }
}

/**
 * Makes output of mpv or its libraries safe for the log: keeps plain words, short numbers and their
 * punctuation. Drops all else, which may be part of a URL, a query or a header, and all that a server sends
 * besides its status.
 */
export function plainWords(text: string): string {
  return text
    .replace(/(HTTP error \d{3}).*/s, '$1')
    .trim()
    .split(/\s+/)
    .slice(0, 40)
    .map((word) => (/^[("']?([a-z]{1,20}(n't)?|\d{1,6})[)"']?[.,:;!]?$/i.test(word) ? word : '…'))
    .join(' ')
}
