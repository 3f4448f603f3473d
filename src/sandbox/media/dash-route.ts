import type { Answer } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { MusicWorld } from '../music/music-world.ts'
import { entryOf, initSegment, mediaSegment } from './fragmented-mp4.ts'
import { manifest, SEGMENT_SECONDS } from './manifest.ts'
import { plain, ranged } from './ranged.ts'

/** A protected track is unencrypted for this time at its start (API playback). */
const CLEAR_LEAD_SECONDS = 30

/**
 * `GET /dash/{id}/{file}` and `GET /protected/{id}/{file}`, both with `?expires=…&signature=…`: a track as
 * MPEG-DASH, FLAC in fragmented MP4. The files are `manifest.mpd`, `init.mp4` and `1.m4s`, `2.m4s` and so on;
 * the signature of the manifest is valid for all of them. Under `/protected` the audio after the clear lead
 * is encrypted.
 */
export function dash(music: MusicWorld, kind: 'dash' | 'protected', call: Call): Answer {
  const { catalog, signedAudio, contentKeys, clock, conditions } = music
  const [id, file] = [call.param('id'), call.param('file')]
  if (!signedAudio.isGood(kind, id, call.query, clock.epochMs()))
    return plain(403, 'signature expired or wrong')
  const sounding = catalog.sounding(id)
  const key = kind === 'protected' ? contentKeys.of(id) : null
  if (sounding === null) return plain(404, 'no such recording')
  const { durationSeconds, toneHz } = sounding
  if (file === 'manifest.mpd') {
    return whole(call, 'application/dash+xml', Buffer.from(manifest(durationSeconds, call.search, key)))
  }
  if (file === 'init.mp4') return whole(call, 'audio/mp4', initSegment(key))
  const number = /^[1-9]\d{0,6}\.m4s$/.test(file) ? Number.parseInt(file) : 0
  const fromSecond = (number - 1) * SEGMENT_SECONDS
  if (number === 0 || fromSecond >= durationSeconds) return plain(404, 'no such segment')
  const part = { fromSecond, toSecond: Math.min(fromSecond + SEGMENT_SECONDS, durationSeconds) }
  const tone = { toneHz, swell: conditions.swell }
  const segmentKey = fromSecond < CLEAR_LEAD_SECONDS ? null : key
  return whole(
    call,
    'audio/mp4',
    mediaSegment(tone, part, segmentKey, entryOf(key !== null, segmentKey !== null)),
  )
}

function whole(call: Call, type: string, body: Buffer): Answer {
  return ranged(call, { type, length: body.length, bytes: (from, to) => body.subarray(from, to + 1) })
}
