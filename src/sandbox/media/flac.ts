import { BYTES_PER_SAMPLE, SAMPLE_RATE } from './tone.ts'

/** A quarter of a second. */
export const FRAME_SAMPLES = SAMPLE_RATE / 4

/**
 * The STREAMINFO block (RFC 9639, 8.2) of a stream with frames of {@link FRAME_SAMPLES}, mono, 16 bit. Frame
 * sizes, length and MD5 are zero: unknown.
 */
export function streamInfo(): Buffer {
  const info = Buffer.alloc(34)
  info.writeUInt16BE(FRAME_SAMPLES, 0)
  info.writeUInt16BE(FRAME_SAMPLES, 2)
  // 20 bits sample rate, 3 bits channels - 1, 5 bits bits per sample - 1, 36 bits length.
  info.writeUInt32BE(SAMPLE_RATE * 2 ** 12 + (BYTES_PER_SAMPLE * 8 - 1) * 2 ** 4, 10)
  return info
}

/**
 * One FLAC frame (RFC 9639, 9). The subframe type "verbatim" stores the samples uncompressed, which is
 * simple.
 *
 * @param samples 16 bit, little endian, at most {@link FRAME_SAMPLES}
 */
export function flacFrame(samples: Buffer, frameNumber: number): Buffer {
  const header = Buffer.concat([
    // Sync code and fixed block size; 16-bit block size below, 16 kHz; mono, 16 bit.
    Buffer.from([0xff, 0xf8, 0x75, 0x08]),
    codedNumber(frameNumber),
    Buffer.alloc(2),
  ])
  header.writeUInt16BE(samples.length / BYTES_PER_SAMPLE - 1, header.length - 2)
  const sound = Buffer.from(samples).swap16()
  const frame = Buffer.concat([header, Buffer.from([crc8(header), 0x02]), sound, Buffer.alloc(2)])
  frame.writeUInt16BE(crc16(frame.subarray(0, -2)), frame.length - 2)
  return frame
}

/** Encoded as UTF-8 encodes a code point. */
function codedNumber(number: number): Buffer {
  return Buffer.from(String.fromCodePoint(number), 'utf8')
}

const crc8 = (bytes: Buffer): number => bytes.reduce((crc, byte) => CRC8[crc ^ byte] ?? 0, 0)

const crc16 = (bytes: Buffer): number => {
  let crc = 0
  for (const byte of bytes) crc = ((crc << 8) & 0xffff) ^ (CRC16[(crc >> 8) ^ byte] ?? 0)
  return crc
}

const CRC8 = crcTable(8, 0x07)
const CRC16 = crcTable(16, 0x8005)

/** CRC of each byte, most significant bit first. */
function crcTable(bits: number, polynomial: number): Uint16Array {
  const [top, mask] = [1 << (bits - 1), 2 ** bits - 1]
  return Uint16Array.from({ length: 256 }, (_, byte) => {
    let rest = byte << (bits - 8)
    for (let i = 0; i < 8; i++) rest = ((rest & top) === 0 ? rest << 1 : (rest << 1) ^ polynomial) & mask
    return rest
  })
}
