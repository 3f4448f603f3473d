import { createHash } from 'node:crypto'

import type { Clock } from '../../lib/clock.ts'
import type { IncomingMessage } from '../../mqtt/message.ts'
import type { Transaction } from './command.ts'

/** How long a repeated command is recognized. */
const rememberedMs = 60_000
const mostRemembered = 256

interface First {
  readonly atMs: number
  readonly keys: readonly string[]
  answer: string | undefined
  /** Repeats that came before the answer. */
  readonly waiting: ((answer: string) => void)[]
}

/**
 * Prevents a command from running twice: a sender or a broker that missed an acknowledgement sends it again.
 * A command is a repeat if the broker marks it (DUP and the same packet identifier) or the sender does (the
 * same `transaction`), with the same topic and payload. A repeat gets the answer of the first one.
 */
export class Repeats {
  readonly #clock: Clock
  readonly #firsts = new Map<string, First>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * @param reply called once with the first command's answer if this is a repeat
   * @returns undefined for a repeat; otherwise a function to call with the answer, and with whether a repeat
   *   may run after all
   */
  note(
    message: IncomingMessage,
    transaction: Transaction | undefined,
    reply: (answer: string) => void,
  ): ((answer: string, mayTryAgain: boolean) => void) | undefined {
    this.#forgetOld()
    const { topic, payload, messageId, duplicate } = message
    const what = createHash('sha256').update(payload).digest('base64') + topic
    const bySender = transaction === undefined ? undefined : `transaction ${what}`
    const byBroker = messageId === undefined ? undefined : `packet ${messageId} ${what}`
    const first =
      (bySender === undefined ? undefined : this.#firsts.get(bySender)) ??
      (byBroker === undefined || duplicate !== true ? undefined : this.#firsts.get(byBroker))
    if (first !== undefined) {
      if (first.answer === undefined) first.waiting.push(reply)
      else reply(first.answer)
      return undefined
    }
    const keys = [bySender, byBroker].filter((key) => key !== undefined)
    const entry: First = { atMs: this.#clock.monotonicMs(), keys, answer: undefined, waiting: [] }
    for (const key of keys) {
      // Inserting it again moves it to the end.
      this.#firsts.delete(key)
      this.#firsts.set(key, entry)
    }
    return (answer, mayTryAgain) => {
      entry.answer = answer
      for (const waiting of entry.waiting.splice(0)) waiting(answer)
      if (mayTryAgain) this.#forget(entry)
    }
  }

  #forgetOld(): void {
    const before = this.#clock.monotonicMs() - rememberedMs
    for (const entry of this.#firsts.values()) {
      if (entry.atMs > before && this.#firsts.size <= mostRemembered * 2) break
      this.#forget(entry)
    }
  }

  #forget(entry: First): void {
    for (const key of entry.keys) if (this.#firsts.get(key) === entry) this.#firsts.delete(key)
  }
}
