import type { Readable } from 'node:stream'
import type { Answer } from '../http/answer.ts'
import type { Call } from '../http/call.ts'

/** A file that can be sent whole or in part. */
export interface Sound {
  readonly type: string
  readonly length: number
  /** The bytes `from` to `to`, inclusive. */
  readonly bytes: (from: number, to: number) => Buffer | Readable
  /** The same audio without end, for the fault `endless`. */
  readonly endless?: () => Readable
}

/** The whole file or the requested `Range`; 416 for a range outside the file. */
export function ranged(call: Call, { type, length, bytes, endless }: Sound): Answer {
  const asked = call.header('range')
  const range = asked === null ? null : byteRange(asked, length)
  if (range === 'unsatisfiable') return plain(416, '', { 'content-range': `bytes */${length}` })
  const { from, to } = range ?? { from: 0, to: length - 1 }
  const headers = {
    'content-type': type,
    'accept-ranges': 'bytes',
    'content-length': String(to - from + 1),
    ...(range === null ? {} : { 'content-range': `bytes ${from}-${to}/${length}` }),
  }
  return { status: range === null ? 200 : 206, headers, body: bytes(from, to), ...(endless && { endless }) }
}

export function plain(status: number, body: string, headers: Record<string, string> = {}): Answer {
  return { status, headers: { 'content-type': 'text/plain', ...headers }, body }
}

interface ByteRange {
  readonly from: number
  readonly to: number
}

/**
 * A single range as in RFC 9110 14.1.2. Anything else is ignored, as the RFC allows: null, the whole file.
 */
function byteRange(header: string, length: number): ByteRange | 'unsatisfiable' | null {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header) ?? []
  if (first === '' && last === '') return null
  const from = first === '' ? Math.max(0, length - Number(last)) : Number(first)
  const to = first === '' || last === '' ? length - 1 : Math.min(Number(last), length - 1)
  return from > to || from >= length ? 'unsatisfiable' : { from, to }
}
