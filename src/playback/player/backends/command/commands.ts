import { AppError } from '../../../../lib/errors.ts'
import type { Secret } from '../../../../lib/secret.ts'
import type { PlayerItem } from '../../player.ts'

/** A command of docs/player-protocol.md without its id. Only for the wire: it contains plain secrets. */
export type Command =
  | { readonly command: 'load'; readonly item: WireItem; readonly paused: boolean }
  | { readonly command: 'preload'; readonly item: WireItem | null }
  | { readonly command: 'play' | 'pause' | 'stop' }
  | { readonly command: 'seek'; readonly position_ms: number }
  | { readonly command: 'volume'; readonly percent: number }
  | { readonly command: 'mute'; readonly muted: boolean }

interface WireItem {
  readonly id: string
  readonly url: string
  readonly protocol: string | null
  readonly format: string | null
  readonly drm: string | null
  readonly headers: Readonly<Record<string, string>>
  readonly license_headers: Readonly<Record<string, string>>
  readonly position_ms: number
  readonly duration_ms: number | null
}

/**
 * Converts an item, with its secrets in plain text, for the program that plays it.
 *
 * @throws AppError `player/unplayable` when its stream has no http or https URL: files of this device are not
 *   allowed
 */
export function wireItem({ stream, ...item }: PlayerItem): WireItem {
  if (stream === undefined || !/^https?:\/\//i.test(stream.url.reveal())) {
    throw new AppError('player/unplayable', 'The service named no address of the web (http, https)')
  }
  return {
    id: item.id,
    url: stream.url.reveal(),
    protocol: stream.protocol ?? null,
    format: stream.format ?? null,
    drm: stream.drm ?? null,
    headers: opened(stream.headers),
    license_headers: opened(stream.licenseHeaders),
    position_ms: Math.round(item.positionMs),
    duration_ms: item.durationMs === undefined ? null : Math.round(item.durationMs),
  }
}

function opened(headers: Readonly<Record<string, Secret>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.reveal()]))
}
