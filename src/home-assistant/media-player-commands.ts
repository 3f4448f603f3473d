import type { MirrorTopics } from './mirror-topics.ts'

/** A message to one of the device's own command topics. */
export interface Translated {
  readonly name: string
  readonly payload: string
}

/**
 * What media player integrations send in words of their own, as the bridge takes it; undefined for a topic that is not
 * theirs. What makes no sense goes to the topic it was meant for, which refuses it in words.
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

/** 0.35 is 35. */
function percent(text: string): string {
  const level = text.trim() === '' ? Number.NaN : Number(text)
  return Number.isFinite(level) ? String(Math.round(level * 100)) : text
}

/** One key, and what it is to be set to. */
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
 * Media is something of Amazon Music's, or words to search for. Any other address is a sound that Home Assistant has,
 * such as its spoken words: it is put over the music.
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
