import { randomBytes } from 'node:crypto'

/** A number in [0, 1) from the system's entropy: the default `random`. */
export const systemRandom = (): number => randomBytes(4).readUInt32BE(0) / 2 ** 32

const HEX = '0123456789abcdef'

/** The source of all random values, so that a seeded `random` makes a run repeatable. */
export class Draw {
  readonly #random: () => number

  constructor(random: () => number) {
    this.#random = random
  }

  /** An integer in [0, below). */
  int(below: number): number {
    return Math.floor(this.#random() * below)
  }

  /** `length` characters of `alphabet`. */
  text(alphabet: string, length: number): string {
    let drawn = ''
    for (let i = 0; i < length; i++) drawn += alphabet.charAt(this.int(alphabet.length))
    return drawn
  }

  hex(length: number): string {
    return this.text(HEX, length)
  }

  /** A version 4 UUID in lower case. */
  uuid(): string {
    const variant = this.text('89ab', 1)
    return `${this.hex(8)}-${this.hex(4)}-4${this.hex(3)}-${variant}${this.hex(3)}-${this.hex(12)}`
  }

  /** One of `list`, which must not be empty. */
  one<T>(list: readonly T[]): T {
    const drawn = list[this.int(list.length)]
    if (drawn === undefined) throw new RangeError('nothing to draw from')
    return drawn
  }

  /** A copy of `list` in random order (Fisher-Yates). */
  shuffled<T>(list: readonly T[]): T[] {
    const left = [...list]
    const drawn: T[] = []
    while (left.length > 0) drawn.push(...left.splice(this.int(left.length), 1))
    return drawn
  }
}

/** A small deterministic generator (mulberry32) for what must be the same in every run: the catalog. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
