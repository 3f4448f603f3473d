import type { Answer } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { MusicWorld } from '../music/music-world.ts'
import { plain, ranged } from './ranged.ts'
import { wavLength, wavStream } from './wav.ts'

/**
 * `GET /audio/{id}.wav?expires=…&signature=…`: the audio of a track, whole or the requested `Range`. 403 for
 * an expired or invalid signature.
 */
export function audio({ catalog, signedAudio, clock, conditions }: MusicWorld, call: Call): Answer {
  const id = call.param('file').replace(/\.wav$/, '')
  if (!signedAudio.isGood('file', id, call.query, clock.epochMs())) {
    return plain(403, 'signature expired or wrong')
  }
  const sounding = catalog.sounding(id)
  if (sounding === null) return plain(404, 'no such recording')
  const { durationSeconds, toneHz } = sounding
  const tone = { toneHz, swell: conditions.swell }
  return ranged(call, {
    type: 'audio/wav',
    length: wavLength(durationSeconds),
    bytes: (from, to) => wavStream(durationSeconds, tone, from, to),
    endless: () => wavStream(Infinity, tone, 0, Infinity),
  })
}
