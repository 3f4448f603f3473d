import { Readable } from 'node:stream'

/** Mono, 16 bit, 16 kHz: small enough to stream from a Pi, good enough to hear which track plays. */
const SAMPLE_RATE = 16_000
const BYTES_PER_SAMPLE = 2
const HEADER_BYTES = 44
const SECOND_BYTES = SAMPLE_RATE * BYTES_PER_SAMPLE

const seconds = new Map<number, Buffer>()

/** Bytes of the whole WAV file. */
export function wavLength(durationSeconds: number): number {
  return HEADER_BYTES + durationSeconds * SECOND_BYTES
}

/** The bytes `from` to `to` (inclusive) of a WAV file with `durationSeconds` of a tone of `toneHz`. */
export function wavStream(durationSeconds: number, toneHz: number, from: number, to: number): Readable {
  return Readable.from(pieces(wavHeader(durationSeconds), oneSecond(toneHz), from, to), { objectMode: false })
}

/** The file is its header and then the same second over and over, so that any range is cut, not computed. */
function* pieces(header: Buffer, second: Buffer, from: number, to: number): Generator<Buffer> {
  let at = from
  while (at <= to) {
    const part = at < HEADER_BYTES ? header.subarray(at) : second.subarray((at - HEADER_BYTES) % SECOND_BYTES)
    const piece = part.subarray(0, to - at + 1)
    yield piece
    at += piece.length
  }
}

/** RIFF/WAVE header of linear PCM, all numbers little endian. */
function wavHeader(durationSeconds: number): Buffer {
  const soundBytes = durationSeconds * SECOND_BYTES
  const header = Buffer.alloc(HEADER_BYTES)
  header.write('RIFF', 0, 'latin1')
  header.writeUInt32LE(HEADER_BYTES - 8 + soundBytes, 4)
  header.write('WAVEfmt ', 8, 'latin1')
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(1, 22)
  header.writeUInt32LE(SAMPLE_RATE, 24)
  header.writeUInt32LE(SECOND_BYTES, 28)
  header.writeUInt16LE(BYTES_PER_SAMPLE, 32)
  header.writeUInt16LE(BYTES_PER_SAMPLE * 8, 34)
  header.write('data', 36, 'latin1')
  header.writeUInt32LE(soundBytes, 40)
  return header
}

/** A tone that swells and fades once a second; whole periods of a whole frequency join without a click. */
function oneSecond(toneHz: number): Buffer {
  const made = seconds.get(toneHz)
  if (made) return made
  const second = Buffer.alloc(SECOND_BYTES)
  for (let i = 0; i < SAMPLE_RATE; i++) {
    const turn = (2 * Math.PI * i) / SAMPLE_RATE
    const swell = 0.55 - 0.45 * Math.cos(turn)
    second.writeInt16LE(Math.round(8000 * swell * Math.sin(turn * toneHz)), i * BYTES_PER_SAMPLE)
  }
  seconds.set(toneHz, second)
  return second
}
