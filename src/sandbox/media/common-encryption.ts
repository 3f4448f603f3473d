import { createCipheriv, createHmac, randomBytes } from 'node:crypto'
import { bits32, box, flagged } from './box.ts'

/** https://dashif.org/identifiers/content_protection/ */
export const WIDEVINE = 'edef8ba9-79d6-4ace-a3c8-27dcd51d21ed'

const IV_BYTES = 8

/** The encryption key of one recording, and its id. */
export interface ContentKey {
  /** 16 bytes, as is `key`. */
  readonly id: Buffer
  readonly key: Buffer
}

/**
 * One key per recording. Keys are never sent: the sandbox has no licence server, because no player without a
 * CDM could use one.
 */
export class ContentKeys {
  readonly #root = randomBytes(32)

  of(playableId: string): ContentKey {
    const derived = createHmac('sha256', this.#root).update(playableId).digest()
    return { id: derived.subarray(0, 16), key: derived.subarray(16) }
  }
}

/**
 * Scheme `cenc` (ISO/IEC 23001-7, 10.1): AES-128-CTR over the whole sample, with a new counter for each
 * sample.
 */
export function encrypted(sample: Buffer, { key }: ContentKey, sampleNumber: number): Buffer {
  const cipher = createCipheriv('aes-128-ctr', key, Buffer.concat([vector(sampleNumber), Buffer.alloc(8)]))
  return cipher.update(sample)
}

/** The protection of a sample entry whose unencrypted type would be `format`. */
export function protectionScheme(format: string, { id }: ContentKey): Buffer {
  const isProtected = Buffer.from([0, 0, 1, IV_BYTES])
  return box(
    'sinf',
    box('frma', format),
    flagged('schm', 0, 'cenc', 0x0001_0000),
    box('schi', flagged('tenc', 0, isProtected, id)),
  )
}

/** The initialisation vectors of a fragment's samples, and their offset in its `moof`. */
export function sampleVectors(firstSample: number, count: number, offsetInMoof: number): Buffer {
  const vectors = Array.from({ length: count }, (_, i) => vector(firstSample + i))
  const senc = flagged('senc', 0, count, ...vectors)
  const saiz = flagged('saiz', 0, Buffer.from([IV_BYTES]), count)
  const headOfSenc = senc.length - count * IV_BYTES
  return Buffer.concat([senc, saiz, flagged('saio', 0, 1, offsetInMoof + headOfSenc)])
}

/** The data from which a Widevine CDM makes its licence challenge: the key id, in a protobuf of one field. */
export function widevineInit({ id }: ContentKey): Buffer {
  const content = Buffer.concat([Buffer.from([0x12, id.length]), id])
  return flagged('pssh', 0, Buffer.from(WIDEVINE.replaceAll('-', ''), 'hex'), content.length, content)
}

function vector(sampleNumber: number): Buffer {
  return bits32(0, sampleNumber)
}
