import type { MirrorTopics } from './mirror-topics.ts'

/** A message to one of the device's own command topics. */
export interface Translated {
  readonly name: string
  readonly payload: string
}

/**
 * Translates a message of a media player integration for the bridge; undefined for another topic. An invalid
 * payload goes to its target topic unchanged, which refuses it with an error message.
 */
export function translate(topics: MirrorTopics, topic: string, payload: Buffer): Translated | undefined {
  const text = payload.toString('utf8')
  switch (topic) {
    case topics.setVolume:
      return { name: 'set/volume', payload: percent(text) }
    case topics.playMedia:
      return playMedia(objectIn(text) ?? { id: text })
    case topics.command:
      return command(text)
    default:
      return undefined
  }
}

/** Converts a level such as 0.35 to percent (35). */
function percent(text: string): string {
  const level = text.trim() === '' ? Number.NaN : Number(text)
  return Number.isFinite(level) ? String(Math.round(level * 100)) : text
}

/** One key with its value. */
function command(text: string): Translated {
  const source = objectIn(text)
  if (source === undefined) return { name: 'set', payload: text }
  const { command: verb, play_media: media } = source
  if (typeof verb === 'string') return { name: 'command', payload: verb }
  if (typeof media === 'object' && media !== null)
    return playMedia(media as Readonly<Record<string, unknown>>)
  return { name: 'set', payload: text }
}

/**
 * Amazon Music links and search words are played. Any other URL is a sound from Home Assistant, such as text
 * to speech: it is played as an announcement.
 */
function playMedia(media: Readonly<Record<string, unknown>>): Translated {
  const wanted = media['media_id'] ?? media['id']
  const id = typeof wanted === 'string' ? wanted.trim() : ''
  if (/^https?:\/\//i.test(id)) {
    return isAmazon(id)
      ? { name: 'request/play', payload: JSON.stringify({ id }) }
      : { name: 'request/announce', payload: JSON.stringify({ url: id }) }
  }
  return { name: 'request/play', payload: JSON.stringify(id.startsWith('mrn:') ? { id } : { query: id }) }
}

function isAmazon(address: string): boolean {
  return URL.canParse(address) && /(^|\.)amazon\.[a-z]{2,3}(\.[a-z]{2})?$/.test(new URL(address).hostname)
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined
  } catch {
    return undefined
  }
}
