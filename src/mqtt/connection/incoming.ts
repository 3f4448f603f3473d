/** No command is longer: what is, is refused and not parsed. */
export const mostCommandBytes = 64 * 1024

/**
 * No packet is let through longer than this: topic, MQTT 5 properties and more payload than a command may have, so that it
 * is refused as any that is too long. MQTT 3.1.1 has no way to tell a broker of a limit, and a packet may have 256 MB.
 */
const mostPacketBytes = 256 * 1024

const nothing: Buffer = Buffer.alloc(0)

/** Lets a stream of MQTT packets through, each as far as {@link mostPacketBytes}: the rest is dropped as it comes. */
export class PacketCutter {
  /** The beginning of a fixed header whose end has not come yet. */
  #header = nothing
  /** Bytes of the present packet to let through, and to drop after them. */
  #pass = 0
  #drop = 0

  /** Whether what comes next is dropped. */
  get isDropping(): boolean {
    return this.#pass === 0 && this.#drop > 0
  }

  /** @returns what to let through of `chunk`, the next bytes of the stream */
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
 * The length that the packet at `at` declares, after its fixed header of so many bytes (section 2.1.4: 7 bits a byte, the
 * lowest first). Undefined while the header is not complete. A length of more than four bytes is left to the parser.
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

/** A fixed header of the same type and flags that declares {@link mostPacketBytes}. */
function shortened(first: number): Buffer {
  const low = (shift: number): number => (mostPacketBytes >> shift) & 0x7f
  return Buffer.from([first, low(0) | 0x80, low(7) | 0x80, low(14)])
}

/**
 * Has a connection's stream let packets through by `cutter`, before MQTT.js collects them: it would keep a packet whole
 * however long it is. `push` is where Node hands over what has been read.
 *
 * @param onFirst the first bytes that came
 * @param onDropped bytes were dropped: the broker is alive, though no packet ends
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
