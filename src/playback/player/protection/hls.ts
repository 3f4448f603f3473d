import type { ManifestVerdict } from './mpd.ts'

/**
 * Judges a playlist of HTTP Live Streaming (RFC 8216). Lists of other playlists are not looked into: the service hands out
 * MPEG-DASH.
 */
export function judgeHls(text: string): ManifestVerdict {
  const lines = text.split(/\r\n|\r|\n/).map((line) => line.trim())
  // With METHOD=NONE no other attribute may stand (4.3.2.4).
  const keys = lines.filter((line) => /^#EXT-X-(SESSION-)?KEY\b/i.test(line))
  if (keys.some((line) => line !== '#EXT-X-KEY:METHOD=NONE')) return { kind: 'protected' }
  if (lines.some((line) => /^#EXT-X-(STREAM-INF|I-FRAME-STREAM-INF|MEDIA)\b(?!-)/i.test(line))) {
    return { kind: 'unclear', why: 'names other playlists, which are not looked into' }
  }
  return { kind: 'clear' }
}
