import type { JsonObject } from '../../lib/decode.ts'
import type { Toggle, Transaction } from './command.ts'
import { badPayload, payloadObject } from './json-object.ts'

/** The payload as text. @throws AppError `command/payload` when it is not UTF-8 */
export function payloadText(payload: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(payload).trim()
  } catch {
    throw badPayload('The payload is not UTF-8 text')
  }
}

/** JSON.parse rounds large numbers, so they cannot be echoed as sent (docs/mqtt.md#answers). */
function isTransaction(value: unknown): value is Transaction {
  if (typeof value === 'number') return Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER
  return typeof value === 'string'
}

/** The transaction of a payload that is otherwise invalid: its error answer still needs it. */
export function markOf(payload: Buffer): Transaction | undefined {
  try {
    const text = payloadText(payload)
    const mark = text.startsWith('{') ? payloadObject(text)['transaction'] : undefined
    return isTransaction(mark) ? mark : undefined
  } catch {
    return undefined
  }
}

/** Reads the arguments of one command; errors name the key. */
export class Arguments {
  readonly transaction: Transaction | undefined
  readonly #source: JsonObject
  readonly #prefix: string

  /**
   * @param known the keys that this command takes, besides `transaction`
   * @throws AppError `command/payload` for an unknown key, or a transaction that cannot be echoed
   */
  constructor(source: JsonObject, command: string, known: readonly string[]) {
    this.#source = source
    this.#prefix = `${command}: `
    for (const key of Object.keys(source)) {
      if (key === 'transaction' || known.includes(key)) continue
      const takes = known.length === 0 ? 'it takes none' : `it takes ${known.join(', ')}`
      throw badPayload(`${this.#prefix}unknown argument ${JSON.stringify(key.slice(0, 40))}; ${takes}`)
    }
    const mark = source['transaction']
    if (mark !== undefined && !isTransaction(mark)) {
      throw badPayload(`${this.#prefix}transaction must be a text, or a number of at most 15 digits`)
    }
    this.transaction = mark
  }

  text(key: string, longest: number): string | undefined {
    return this.#read(
      key,
      `a text of 1 to ${longest} characters, none of them a control character`,
      (value) => {
        const text = typeof value === 'string' ? value.trim() : ''
        return isPlain(text) && text.length <= longest ? text : undefined
      },
    )
  }

  integer(key: string, least: number, most: number): number | undefined {
    return this.#read(key, `a whole number from ${least} to ${most}`, (value) =>
      Number.isInteger(value) && (value as number) >= least && (value as number) <= most
        ? (value as number)
        : undefined,
    )
  }

  flag(key: string): boolean | undefined {
    return this.#read(key, 'true or false', (value) => (typeof value === 'boolean' ? value : undefined))
  }

  toggle(key: string): Toggle | undefined {
    return this.#read(key, 'true, false, "ON", "OFF" or "TOGGLE"', (value) =>
      typeof value === 'boolean' ? value : typeof value === 'string' ? parseToggle(value) : undefined,
    )
  }

  word<W extends string>(key: string, words: readonly W[]): W | undefined {
    return this.#read(key, `one of ${words.join(', ')}`, (value) => words.find((word) => word === value))
  }

  texts(key: string, most: number): readonly string[] | undefined {
    return this.#read(key, `a list of 1 to ${most} texts`, (value) =>
      Array.isArray(value) &&
      value.length > 0 &&
      value.length <= most &&
      value.every((item) => typeof item === 'string' && isPlain(item.trim()) && item.length <= 512)
        ? (value as string[])
        : undefined,
    )
  }

  object(key: string): JsonObject | undefined {
    return this.#read(key, 'a JSON object', (value) =>
      typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : undefined,
    )
  }

  /** @throws AppError `command/payload` when `value`, read from `key`, is missing */
  required<T>(value: T | undefined, key: string): T {
    if (value === undefined) throw badPayload(`${this.#prefix}${key} is missing`)
    return value
  }

  refuse(message: string): never {
    throw badPayload(this.#prefix + message)
  }

  #read<T>(key: string, expected: string, read: (value: unknown) => T | undefined): T | undefined {
    const value = this.#source[key]
    if (value === undefined || value === null) return undefined
    const result = read(value)
    if (result === undefined) throw badPayload(`${this.#prefix}${key} must be ${expected}`)
    return result
  }
}

function isPlain(text: string): boolean {
  return text !== '' && !/\p{Cc}/u.test(text)
}

/** ON, OFF, TOGGLE as Home Assistant and openHAB send them, true and false; otherwise undefined. */
export function parseToggle(text: string): Toggle | undefined {
  switch (text.toUpperCase()) {
    case 'ON':
    case 'TRUE':
      return true
    case 'OFF':
    case 'FALSE':
      return false
    case 'TOGGLE':
      return 'toggle'
    default:
      return undefined
  }
}
