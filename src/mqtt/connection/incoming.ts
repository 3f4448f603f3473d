/** Maximum length of a command. Longer payloads are refused without parsing. */
export const mostCommandBytes = 64 * 1024

/**
 * Maximum length of a packet passed on. It leaves room for a topic, MQTT 5 properties and a payload above
 * {@link mostCommandBytes}, so that the command is refused as too long. An MQTT 3.1.1 client cannot announce
 * a limit, and a packet may have 256 MB.
 */
const mostPacketBytes = 256 * 1024

const nothing: Buffer = Buffer.alloc(0)

/** Cuts each packet of an MQTT stream to {@link mostPacketBytes}; the rest is dropped as it arrives. */
export class PacketCutter {
  /** An incomplete fixed header. */
  #header = nothing
  /** Bytes of the current packet to pass on, and to drop after them. */
  #pass = 0
  #drop = 0

  /** Whether the next bytes are dropped. */
  get isDropping(): boolean {
    return this.#pass === 0 && this.#drop > 0
  }

  /** @returns the parts of `chunk`, the next bytes of the stream, to pass on */
  take(chunk: Buffer): readonly Buffer[] {
    const bytes = this.#header.length === 0 ? chunk : Buffer.concat([this.#header, chunk])
    this.#header = nothing
    const kept: Buffer[] = []
    let from = 0
    let at = 0
    while (at < bytes.length) {
      if (this.#pass > 0) {
        const count = Math.min(this.#pass, bytes.length - at)
        this.#pass -= count
        at += count
      } else if (this.#drop > 0) {
        kept.push(bytes.subarray(from, at))
        const count = Math.min(this.#drop, bytes.length - at)
        this.#drop -= count
        at += count
        from = at
      } else {
        const header = readFixedHeader(bytes, at)
        if (header === undefined) {
          this.#header = bytes.subarray(at)
          break
        }
        this.#pass = Math.min(header.length, mostPacketBytes)
        this.#drop = header.length - this.#pass
        if (this.#drop > 0) {
          kept.push(bytes.subarray(from, at), shortened(bytes[at] ?? 0))
          from = at + header.bytes
        }
        at += header.bytes
      }
    }
    kept.push(bytes.subarray(from, at))
    return kept.filter(({ length }) => length > 0)
  }
}

/**
 * Reads the fixed header at `at` (section 2.1.4: 7 bits per byte, lowest first): the length that the packet
 * declares, and the bytes of the header itself. Undefined while incomplete. The parser handles a length of
 * more than four bytes.
 */
function readFixedHeader(
  bytes: Buffer,
  at: number,
): { readonly length: number; readonly bytes: number } | undefined {
  let length = 0
  for (let digits = 0; digits < 4; digits++) {
    const digit = bytes[at + 1 + digits]
    if (digit === undefined) return undefined
    length += (digit & 0x7f) * 128 ** digits
    if (digit < 128) return { length, bytes: 2 + digits }
  }
  return { length: 0, bytes: 5 }
}

/** A fixed header with the same type and flags and the length {@link mostPacketBytes}. */
function shortened(first: number): Buffer {
  const low = (shift: number): number => (mostPacketBytes >> shift) & 0x7f
  return Buffer.from([first, low(0) | 0x80, low(7) | 0x80, low(14)])
}

/**
 * Cuts the packets of a connection's stream before MQTT.js collects them: MQTT.js would hold a packet of any
 * length in memory. Node passes the bytes that it reads to `push`.
 *
 * @param onFirst called with the first bytes
 * @param onDropped bytes were dropped: the broker is alive although no packet ends
 */
export function cutIncoming(
  stream: { push: (chunk: unknown, encoding?: BufferEncoding) => boolean },
  onDropped: () => void,
  onFirst: (bytes: Buffer) => void,
): void {
  const cutter = new PacketCutter()
  let isFirst = true
  const push = stream.push.bind(stream)
  stream.push = (chunk, encoding) => {
    if (!Buffer.isBuffer(chunk)) return push(chunk, encoding)
    if (isFirst) onFirst(chunk)
    isFirst = false
    const kept = cutter.take(chunk)
    if (cutter.isDropping) onDropped()
    return kept.map((piece) => push(piece)).every((wantsMore) => wantsMore)
  }
}
