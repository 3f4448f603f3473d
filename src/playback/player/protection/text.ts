/**
 * Bytes as the text that any reader of XML takes them for: UTF-8, or UTF-16 with a byte order mark. Undefined for all
 * else. UTF-16 without a mark comes out full of zeros, which no XML may hold.
 */
export function textOf(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8'
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}
