import { crc32, deflateSync } from 'node:zlib'

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const COLOUR_TYPE_PALETTE = 3

/** Red, green, blue, 0 to 255 each. */
export type Colour = readonly [number, number, number]

/**
 * A square PNG image (ISO/IEC 15948) of `size` pixels, 8 bits per pixel. `pixel` returns the index into
 * `palette` for a column and row.
 */
export function squarePng(
  size: number,
  palette: readonly Colour[],
  pixel: (x: number, y: number) => number,
): Buffer {
  const rowBytes = 1 + size
  const rows = Buffer.alloc(rowBytes * size)
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) rows[y * rowBytes + 1 + x] = pixel(x, y)
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(size, 0)
  header.writeUInt32BE(size, 4)
  header[8] = 8
  header[9] = COLOUR_TYPE_PALETTE
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flat())),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, content: Buffer): Buffer {
  const framed = Buffer.alloc(12 + content.length)
  framed.writeUInt32BE(content.length, 0)
  framed.write(type, 4, 'latin1')
  content.copy(framed, 8)
  framed.writeUInt32BE(crc32(framed.subarray(4, 8 + content.length)), 8 + content.length)
  return framed
}
