import { Readable } from 'node:stream'
import { BYTES_PER_SAMPLE, oneSecond, SAMPLE_RATE, SECOND_BYTES, type Tone } from './tone.ts'

const HEADER_BYTES = 44
/** The size in the header of a file of unknown length. */
const UNKNOWN = 0xff_ff_ff_ff

/** Size of the whole WAV file, in bytes. */
export function wavLength(durationSeconds: number): number {
  return HEADER_BYTES + durationSeconds * SECOND_BYTES
}

/**
 * The bytes `from` to `to`, inclusive, of a WAV file with `durationSeconds` of a tone. `durationSeconds` and
 * `to` may be `Infinity`.
 */
export function wavStream(durationSeconds: number, tone: Tone, from: number, to: number): Readable {
  return Readable.from(pieces(wavHeader(durationSeconds), oneSecond(tone), from, to), { objectMode: false })
}

/** The file consists of its header and the same second repeated, so that any range is a slice. */
function* pieces(header: Buffer, second: Buffer, from: number, to: number): Generator<Buffer> {
  let at = from
  while (at <= to) {
    const part = at < HEADER_BYTES ? header.subarray(at) : second.subarray((at - HEADER_BYTES) % SECOND_BYTES)
    const piece = part.subarray(0, to - at + 1)
    yield piece
    at += piece.length
  }
}

/** RIFF/WAVE header of linear PCM, little endian. */
function wavHeader(durationSeconds: number): Buffer {
  const soundBytes = durationSeconds * SECOND_BYTES
  const header = Buffer.alloc(HEADER_BYTES)
  header.write('RIFF', 0, 'latin1')
  header.writeUInt32LE(Math.min(HEADER_BYTES - 8 + soundBytes, UNKNOWN), 4)
  header.write('WAVEfmt ', 8, 'latin1')
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(1, 22)
  header.writeUInt32LE(SAMPLE_RATE, 24)
  header.writeUInt32LE(SECOND_BYTES, 28)
  header.writeUInt16LE(BYTES_PER_SAMPLE, 32)
  header.writeUInt16LE(BYTES_PER_SAMPLE * 8, 34)
  header.write('data', 36, 'latin1')
  header.writeUInt32LE(Math.min(soundBytes, UNKNOWN), 40)
  return header
}
