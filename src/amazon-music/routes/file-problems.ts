import type { JsonObject } from '../../lib/decode.ts'
import { asObject } from '../decode/layers.ts'

/**
 * Reads a file written by a person. Notes every problem with its path, and continues with the built-in value.
 */
export class FileProblems {
  readonly found: string[] = []

  note(path: string, words: string): void {
    this.found.push(`${path}: ${words}`)
  }

  /** An object with no keys but `known` (any key when omitted); empty when the file has none here. */
  object(value: unknown, path: string, known?: readonly string[]): JsonObject {
    if (value === undefined) return {}
    const source = asObject(value)
    if (source === undefined) {
      this.note(path === '' ? 'the file' : path, 'expected an object')
      return {}
    }
    for (const key of Object.keys(source)) {
      if (known !== undefined && !known.includes(key)) {
        this.note(below(path, key), `unknown; there are ${known.join(', ')}`)
      }
    }
    return source
  }

  /** `builtIn` with its strings and counts replaced by those of `value`. Keys and types are fixed. */
  overlay<T extends object>(value: unknown, builtIn: T, path: string): T {
    const source = this.object(value, path, Object.keys(builtIn))
    const entries = Object.entries(builtIn).map(([key, own]: [string, unknown]) => {
      const found = source[key]
      const at = below(path, key)
      if (found === undefined) return [key, own]
      if (typeof own === 'object' && own !== null) return [key, this.overlay(found, own, at)]
      const isNumber = typeof own === 'number'
      if (isNumber ? isCount(found) : isText(found)) return [key, found]
      this.note(at, `expected ${isNumber ? 'a whole number from 1' : 'a text'}`)
      return [key, own]
    })
    return Object.fromEntries(entries) as T
  }
}

export const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

const isCount = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 1

function below(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}
