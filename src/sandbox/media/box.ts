/**
 * A box of an MP4 file (ISO/IEC 14496-12): size, type, content. Strings are written as bytes, numbers as 32
 * bits.
 */
export function box(type: string, ...content: readonly (Buffer | string | number)[]): Buffer {
  const parts = content.map((part) =>
    typeof part === 'number' ? bits32(part) : typeof part === 'string' ? Buffer.from(part, 'latin1') : part,
  )
  const length = parts.reduce((sum, part) => sum + part.length, 8)
  return Buffer.concat([bits32(length), Buffer.from(type, 'latin1'), ...parts])
}

/** A full box: version 0 and flags precede its content. */
export function flagged(
  type: string,
  flags: number,
  ...content: readonly (Buffer | string | number)[]
): Buffer {
  return box(type, flags, ...content)
}

/** Big endian. */
export function bits16(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2)
  values.forEach((value, i) => bytes.writeUInt16BE(value, i * 2))
  return bytes
}

export function bits32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  values.forEach((value, i) => bytes.writeUInt32BE(value, i * 4))
  return bytes
}
