/** As many connections in a row have to end on the same message before it is called too large. */
const strikesNeeded = 2

/** No broker has a limit below this. */
const beyondSuspicionBytes = 1_000

interface Sent {
  readonly topic: string
  readonly bytes: number
  readonly number: number
}

/**
 * How large a packet may be: what the broker announced, or what it taught us. On 3.1.1 a broker cannot announce its
 * limit; it closes the connection over a packet beyond it, and as retained topics are sent on every connection, that
 * would go on for ever.
 */
export class SizeLimit {
  #announced = Infinity
  #learned = Infinity
  #count = 0
  /** The largest packet that the broker has not shown to have accepted; smaller ones are then no suspects. */
  #largest: Sent | undefined
  #suspect: Sent | undefined
  #strikes = 0

  get bytes(): number {
    return Math.min(this.#announced, this.#learned)
  }

  begin(announced: number): void {
    this.#announced = announced
    this.#largest = undefined
  }

  /** @returns the number to give to {@link accepted} */
  sent(topic: string, bytes: number): number {
    const number = ++this.#count
    if (bytes > (this.#largest?.bytes ?? beyondSuspicionBytes)) this.#largest = { topic, bytes, number }
    return number
  }

  /** The broker acknowledged this packet, so it accepted those before it too. */
  accepted(number: number): void {
    if (this.#largest !== undefined && number >= this.#largest.number) this.#largest = undefined
  }

  /**
   * The connection ended.
   *
   * @param how `too-large`: the broker said so; `wordless`: it gave no reason
   * @returns the message that is from now on known to be too large
   */
  ended(
    how: 'too-large' | 'wordless' | 'otherwise',
  ): { readonly topic: string; readonly bytes: number } | undefined {
    const largest = this.#largest
    this.#largest = undefined
    if (largest === undefined || how === 'otherwise') {
      this.#suspect = undefined
      return undefined
    }
    const again = this.#suspect?.topic === largest.topic && this.#suspect.bytes === largest.bytes
    this.#strikes = again ? this.#strikes + 1 : 1
    this.#suspect = largest
    if (how === 'wordless' && this.#strikes < strikesNeeded) return undefined
    this.#learned = Math.min(this.#learned, largest.bytes - 1)
    this.#suspect = undefined
    return largest
  }
}
