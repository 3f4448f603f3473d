import type { SandboxClock } from '../clock.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Answer } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { SignedAudio } from './signed-audio.ts'
import { wavLength, wavStream } from './tone.ts'

/**
 * `GET /audio/{id}.wav?expires=…&signature=…`: the sound of a track, whole or the one `Range` asked for.
 * 403 once the signature has run out or was never good, 416 for a range outside the file.
 */
export function audio(catalog: Catalog, signed: SignedAudio, clock: SandboxClock, call: Call): Answer {
  const id = call.param('file').replace(/\.wav$/, '')
  const sounding = catalog.sounding(id)
  if (!signed.isGood(id, call.query, clock.epochMs())) return text(403, 'signature expired or wrong')
  if (sounding === null) return text(404, 'no such recording')
  const { durationSeconds, toneHz } = sounding
  const length = wavLength(durationSeconds)
  const asked = call.header('range')
  const range = asked === null ? null : byteRange(asked, length)
  if (range === 'unsatisfiable') return text(416, '', { 'content-range': `bytes */${length}` })
  const { from, to } = range ?? { from: 0, to: length - 1 }
  const headers = {
    'content-type': 'audio/wav',
    'accept-ranges': 'bytes',
    'content-length': String(to - from + 1),
    ...(range === null ? {} : { 'content-range': `bytes ${from}-${to}/${length}` }),
  }
  return { status: range === null ? 200 : 206, headers, body: wavStream(durationSeconds, toneHz, from, to) }
}

interface ByteRange {
  readonly from: number
  readonly to: number
}

/** One range in RFC 9110 14.1.2 form; anything else is ignored, as the RFC allows: null, the whole file. */
function byteRange(header: string, length: number): ByteRange | 'unsatisfiable' | null {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header) ?? []
  if (first === '' && last === '') return null
  const from = first === '' ? Math.max(0, length - Number(last)) : Number(first)
  const to = first === '' || last === '' ? length - 1 : Math.min(Number(last), length - 1)
  return from > to || from >= length ? 'unsatisfiable' : { from, to }
}

function text(status: number, body: string, headers: Record<string, string> = {}): Answer {
  return { status, headers: { 'content-type': 'text/plain', ...headers }, body }
}
