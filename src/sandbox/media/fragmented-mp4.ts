import { bits16, bits32, box, flagged } from './box.ts'
import {
  encrypted,
  protectionScheme,
  sampleVectors,
  widevineInit,
  type ContentKey,
} from './common-encryption.ts'
import { flacFrame, FRAME_SAMPLES, streamInfo } from './flac.ts'
import { BYTES_PER_SAMPLE, oneSecond, SAMPLE_RATE, SECOND_BYTES, type Tone } from './tone.ts'

/** Time scale of all boxes: one tick per sample. */
export const TIMESCALE = SAMPLE_RATE

const TRACK = 1
/**
 * Sample entries, in the order of the initialisation segment. A protected track has an encrypted and a clear
 * one, a clear track only the clear one.
 */
const PROTECTED_ENTRY = 1

/**
 * The initialisation segment of FLAC in MP4: ISO/IEC 14496-12 and
 * https://github.com/xiph/flac/blob/master/doc/isoflac.txt
 */
export function initSegment(key: ContentKey | null): Buffer {
  const entries = key === null ? [sampleEntry(null)] : [sampleEntry(key), sampleEntry(null)]
  const stbl = box(
    'stbl',
    flagged('stsd', 0, entries.length, ...entries),
    flagged('stts', 0, 0),
    flagged('stsc', 0, 0),
    flagged('stsz', 0, 0, 0),
    flagged('stco', 0, 0),
  )
  const dinf = box('dinf', flagged('dref', 0, 1, flagged('url ', 1)))
  const mdia = box(
    'mdia',
    flagged('mdhd', 0, 0, 0, TIMESCALE, 0, bits16(0x55c4, 0)),
    flagged('hdlr', 0, 0, 'soun', 0, 0, 0, 'Sound\0'),
    box('minf', flagged('smhd', 0, 0), dinf, stbl),
  )
  const tkhd = flagged('tkhd', 7, 0, 0, TRACK, 0, 0, 0, 0, bits16(0, 0, 0x0100, 0), UNITY_MATRIX, 0, 0)
  const mvhd = flagged(
    'mvhd',
    0,
    bits32(0, 0, TIMESCALE, 0, 0x0001_0000),
    bits16(0x0100, 0),
    bits32(0, 0),
    UNITY_MATRIX,
    Buffer.alloc(24),
    TRACK + 1,
  )
  const mvex = box('mvex', flagged('trex', 0, TRACK, 1, FRAME_SAMPLES, 0, 0))
  const pssh = key === null ? [] : [widevineInit(key)]
  return Buffer.concat([
    box('ftyp', 'iso6', 0, 'iso6', 'dash'),
    box('moov', mvhd, box('trak', tkhd, mdia), mvex, ...pssh),
  ])
}

/** The part of a recording in a media segment, in whole seconds. */
export interface Part {
  readonly fromSecond: number
  readonly toSecond: number
}

/**
 * One media segment.
 *
 * @param key encrypts its samples; null: unencrypted
 * @param entry the sample entry of its samples
 */
export function mediaSegment(tone: Tone, part: Part, key: ContentKey | null, entry: number): Buffer {
  const perSecond = SAMPLE_RATE / FRAME_SAMPLES
  const first = part.fromSecond * perSecond
  const count = (part.toSecond - part.fromSecond) * perSecond
  const frames = Array.from({ length: count }, (_, i) => frameOf(tone, first + i))
  const samples = key === null ? frames : frames.map((frame, i) => encrypted(frame, key, first + i))
  const sizes = samples.map(({ length }) => length)
  // The offset of the audio is part of the box that determines it: build the box twice, the second time with
  // its size.
  const { length } = movieFragment(first, sizes, key !== null, entry, 0)
  return Buffer.concat([
    movieFragment(first, sizes, key !== null, entry, length + 8),
    box('mdat', ...samples),
  ])
}

/** The sample entry of a stream's samples: a protected stream contains unencrypted samples too. */
export function entryOf(isStreamProtected: boolean, isEncrypted: boolean): number {
  return isStreamProtected && !isEncrypted ? PROTECTED_ENTRY + 1 : PROTECTED_ENTRY
}

function movieFragment(
  first: number,
  sizes: readonly number[],
  isEncrypted: boolean,
  entry: number,
  soundAt: number,
): Buffer {
  const mfhd = flagged('mfhd', 0, first + 1)
  // Flags: default-base-is-moof, sample description index present.
  const tfhd = flagged('tfhd', 0x02_0002, TRACK, entry)
  const tfdt = flagged('tfdt', 0, first * FRAME_SAMPLES)
  // Flags: data offset and sample sizes present. Samples have the default duration.
  const trun = flagged('trun', 0x201, sizes.length, soundAt, ...sizes)
  const beforeVectors = 8 + mfhd.length + 8 + tfhd.length + tfdt.length + trun.length
  const vectors = isEncrypted ? [sampleVectors(first, sizes.length, beforeVectors)] : []
  return box('moof', mfhd, box('traf', tfhd, tfdt, trun, ...vectors))
}

/** Frame `number` of the recording. Every second of it is the same, and a frame is a fraction of a second. */
function frameOf(tone: Tone, number: number): Buffer {
  const bytes = FRAME_SAMPLES * BYTES_PER_SAMPLE
  const from = (number * bytes) % SECOND_BYTES
  return flacFrame(oneSecond(tone).subarray(from, from + bytes), number)
}

const UNITY_MATRIX = bits32(0x0001_0000, 0, 0, 0, 0x0001_0000, 0, 0, 0, 0x4000_0000)

function sampleEntry(key: ContentKey | null): Buffer {
  const audio = Buffer.concat([
    bits16(0, 0, 0, 1),
    bits32(0, 0),
    bits16(1, 16, 0, 0),
    bits32(SAMPLE_RATE * 2 ** 16),
  ])
  const info = streamInfo()
  // The only metadata block, with the last-block flag.
  const dfLa = flagged('dfLa', 0, 0x8000_0000 + info.length, info)
  return key === null ? box('fLaC', audio, dfLa) : box('enca', audio, dfLa, protectionScheme('fLaC', key))
}
