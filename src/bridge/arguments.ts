import type { JsonObject } from '../base/decode.ts'
import { AppError } from '../base/errors.ts'
import type { Toggle, Transaction } from './command.ts'

/** `command/payload`: not what this topic takes, and what it takes instead. */
export function badPayload(message: string): AppError {
  return new AppError('command/payload', message)
}

/** The payload as text. @throws AppError `command/payload` when it is not UTF-8 */
export function payloadText(payload: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(payload).trim()
  } catch {
    throw badPayload('The payload is not UTF-8 text')
  }
}

/** The payload as a JSON object. @throws AppError `command/payload` */
export function payloadObject(text: string): JsonObject {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw badPayload('The payload is not valid JSON')
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject
  throw badPayload('The payload must be a JSON object')
}

/** Our mark of the sender's, if the payload holds a usable one. Never throws: it also serves to answer bad payloads. */
export function transactionOf(source: JsonObject): Transaction | undefined {
  const value = source['transaction']
  return typeof value === 'string' || typeof value === 'number' ? value : undefined
}

/** The arguments of one command, read key by key; what is wrong is said by name. */
export class Arguments {
  readonly #source: JsonObject
  readonly #prefix: string

  /**
   * @param known the keys this command takes, besides `transaction`
   * @throws AppError `command/payload` for a key it does not take, or a transaction that is no string or number
   */
  constructor(source: JsonObject, command: string, known: readonly string[]) {
    this.#source = source
    this.#prefix = `${command}: `
    for (const key of Object.keys(source)) {
      if (key === 'transaction' || known.includes(key)) continue
      const takes = known.length === 0 ? 'it takes none' : `it takes ${known.join(', ')}`
      throw badPayload(`${this.#prefix}unknown argument ${JSON.stringify(key.slice(0, 40))}; ${takes}`)
    }
    if (source['transaction'] !== undefined && transactionOf(source) === undefined) {
      throw badPayload(`${this.#prefix}transaction must be a string or a number`)
    }
  }

  has(key: string): boolean {
    return this.#source[key] !== undefined && this.#source[key] !== null
  }

  text(key: string, longest: number): string | undefined {
    return this.#read(key, `a text of 1 to ${longest} characters`, (value) => {
      const text = typeof value === 'string' ? value.trim() : ''
      return text !== '' && text.length <= longest ? text : undefined
    })
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
      value.every((item) => typeof item === 'string' && item !== '' && item.length <= 512)
        ? (value as string[])
        : undefined,
    )
  }

  object(key: string): JsonObject | undefined {
    return this.#read(key, 'a JSON object', (value) =>
      typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : undefined,
    )
  }

  /** What {@link key} holds must be there. */
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

/** ON, OFF, TOGGLE as Home Assistant and openHAB send them, and JSON's own words; undefined for anything else. */
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
