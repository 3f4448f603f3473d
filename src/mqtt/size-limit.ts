/** Consecutive connections that must end on the same message before it counts as too large. */
const strikesNeeded = 2

/** No broker has a lower limit. */
const beyondSuspicionBytes = 1_000

interface Sent {
  readonly topic: string
  readonly bytes: number
  readonly number: number
}

/**
 * The maximum packet size: announced by the broker, or learned. On 3.1.1 a broker cannot announce its limit
 * and closes the connection on a larger packet. Retained topics are sent on every connection, so it would
 * close each one.
 */
export class SizeLimit {
  #announced = Infinity
  #learned = Infinity
  #count = 0
  /** The largest packet that the broker has not acknowledged yet; smaller ones are not suspects. */
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

  /** @returns the number to pass to {@link accepted} */
  sent(topic: string, bytes: number): number {
    const number = ++this.#count
    if (bytes > (this.#largest?.bytes ?? beyondSuspicionBytes)) this.#largest = { topic, bytes, number }
    return number
  }

  /** The broker acknowledged this packet, so it accepted the earlier ones too. */
  accepted(number: number): void {
    if (this.#largest !== undefined && number >= this.#largest.number) this.#largest = undefined
  }

  /**
   * Call when the connection has ended.
   *
   * @param how `too-large`: the broker said so; `wordless`: it gave no reason
   * @returns the message that is now known to be too large
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
