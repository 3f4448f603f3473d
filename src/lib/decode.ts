import { AppError } from './errors.ts'

/**
 * Decoders for data from outside. Each takes an unknown value and its path, and returns a typed value or
 * throws `net/answer` with that path. Unknown fields are ignored: services add some.
 */
export type Decoder<T> = (value: unknown, path: string) => T

export type JsonObject = Readonly<Record<string, unknown>>

function refuse(path: string, expected: string, value: unknown): never {
  const found = value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value
  throw new AppError('net/answer', `${path}: expected ${expected}, found ${found}`, { facts: { path } })
}

/** Parses `text` as JSON. `path` names the document in the error. */
export function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own message quotes the text, which may hold a token.
    return refuse(path, 'JSON', text)
  }
}

export const object: Decoder<JsonObject> = (value, path) =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : refuse(path, 'an object', value)

export const string: Decoder<string> = (value, path) =>
  typeof value === 'string' ? value : refuse(path, 'a text', value)

export const filledString: Decoder<string> = (value, path) =>
  typeof value === 'string' && value !== '' ? value : refuse(path, 'a text that is not empty', value)

export const number: Decoder<number> = (value, path) =>
  typeof value === 'number' && Number.isFinite(value) ? value : refuse(path, 'a number', value)

/**
 * A finite number, also as a string of digits (`"3600"`): servers send both. Undefined for anything else. The
 * size is not checked: a caller that calculates with it, or makes a date of it, must set bounds.
 */
export function readNumber(value: unknown): number | undefined {
  if (typeof value === 'string')
    return /^-?\d{1,20}(\.\d{1,20})?$/.test(value.trim()) ? Number(value) : undefined
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** A number from `least` to `most`. For files of the agent itself, which hold no numbers as strings. */
export function numberFrom(least: number, most: number): Decoder<number> {
  return (value, path) => {
    const found = number(value, path)
    return found >= least && found <= most ? found : refuse(path, `a number from ${least} to ${most}`, value)
  }
}

export const boolean: Decoder<boolean> = (value, path) =>
  typeof value === 'boolean' ? value : refuse(path, 'true or false', value)

export function listOf<T>(item: Decoder<T>): Decoder<readonly T[]> {
  return (value, path) =>
    Array.isArray(value)
      ? value.map((element: unknown, index) => item(element, `${path}[${String(index)}]`))
      : refuse(path, 'a list', value)
}

/** Undefined for a field that is absent or null; otherwise the result of `decoder`. */
export function optional<T>(decoder: Decoder<T>): Decoder<T | undefined> {
  return (value, path) => (value === undefined || value === null ? undefined : decoder(value, path))
}

/** Decodes the field `name` of `source`, naming it in errors as `path.name`. */
export function field<T>(source: JsonObject, name: string, decoder: Decoder<T>, path: string): T {
  // Own properties only: an empty object inherits `constructor`.
  const value = Object.hasOwn(source, name) ? source[name] : undefined
  return decoder(value, path === '' ? name : `${path}.${name}`)
}
