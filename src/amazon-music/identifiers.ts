import { refusal, type Identified } from './identified.ts'
import { parseLink } from './links.ts'
import { isAsin, isMrn, isStationKey, isUuid, mrnOf } from './mrn.ts'
import { searchTypes, type PlayParams } from './api.ts'
import type { Routes } from './routes/routes.ts'

/** The types a person may give for an id. */
const playTypes = [...searchTypes, 'episode'] as const
export type PlayType = (typeof playTypes)[number]

/** What a person asks to play: request `play`, arguments `id`, `type` and `containerIds`. */
export interface PlayTarget {
  readonly id: string
  readonly type?: PlayType | undefined
  /** Replaces the context that `id` implies. */
  readonly containerIds?: readonly string[] | undefined
}

/** Longer MRNs and links are refused. */
const longestId = 2000

/**
 * Converts an id from a user to what Create New Session takes. Accepts an MRN, an ASIN with its type, a
 * station key, a playlist's UUID, or a link of Amazon Music.
 *
 * @throws AppError `command/payload`
 */
export function parsePlayParams(wish: PlayTarget, forms: Routes['mrn']): PlayParams {
  const { id, implied } = parseId(wish.id, wish.type, forms)
  const containerIds =
    wish.containerIds?.map((container) => parseId(container, undefined, forms).id) ?? implied
  return containerIds.length === 0 ? { id } : { id, containerIds }
}

function parseId(
  text: string,
  type: PlayType | undefined,
  forms: Routes['mrn'],
): { id: string; implied: readonly string[] } {
  const sent = text.trim()
  if (isMrn(sent)) return { id: sent, implied: [] }
  const { kind, id, container } = isLink(sent) ? parseLink(sent) : parseBareId(sent, type)
  return {
    id: mrnOf(kind, id, forms),
    implied: container === undefined ? [] : [mrnOf(container.kind, container.id, forms)],
  }
}

function isLink(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) || /^(www\.|music\.)?amazon\.[a-z.]+\//i.test(text)
}

function parseBareId(text: string, type: PlayType | undefined): Identified {
  if (text.length > longestId) throw refusal(text.slice(0, 40), 'it is too long')
  if (isUuid(text)) {
    if (type === undefined || type === 'playlist') return { kind: 'userPlaylist', id: text }
    if (type === 'podcast' || type === 'episode') return { kind: type, id: text }
    throw refusal(text, `a UUID names a playlist, podcast or episode, not a ${type}`)
  }
  if (isAsin(text)) {
    if (type === undefined) throw refusal(text, `an ASIN needs its type: ${playTypes.join(', ')}`)
    return { kind: type, id: text.toUpperCase() }
  }
  if (isStationKey(text)) {
    if (type === undefined || type === 'station') return { kind: 'station', id: text.toUpperCase() }
    throw refusal(text, `a station key names a station, not a ${type}`)
  }
  throw refusal(
    text,
    "expected an MRN, an ASIN with its type, a station key, a playlist's UUID, or a link of music.amazon.*",
  )
}
