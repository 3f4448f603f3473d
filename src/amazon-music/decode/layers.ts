import { readNumber, type JsonObject } from '../../lib/decode.ts'

/**
 * Several sources describe the service's objects, and they nest the same fields differently. A reader
 * therefore searches the layers of an object, outermost first, under each known name of a field.
 */
export type Layers = readonly JsonObject[]

/** Converts a value, or returns undefined when it has another type. */
export type Reader<T> = (value: unknown) => T | undefined

/** `top`, followed by those of its fields `names` that are objects. */
export function layersOf(top: JsonObject, names: readonly string[]): Layers {
  const layers = [top]
  for (const name of names) {
    const value = asObject(top[name])
    if (value !== undefined) layers.push(value)
  }
  return layers
}

/** The first value under `names` that `read` accepts, layer by layer. */
export function pick<T>(layers: Layers, names: readonly string[], read: Reader<T>): T | undefined {
  for (const layer of layers) {
    for (const name of names) {
      const value = read(layer[name])
      if (value !== undefined) return value
    }
  }
  return undefined
}

/** The first of `names` whose value is present (not null). */
export function present(source: JsonObject, names: readonly string[]): string | undefined {
  return names.find((name) => source[name] !== undefined && source[name] !== null)
}

export const asText: Reader<string> = (value) =>
  typeof value === 'string' && value !== '' ? value : undefined

/** A number from `least` to `most`, also as a string of digits. One out of bounds counts as missing. */
export function asNumberFrom(least: number, most: number): Reader<number> {
  return (value) => {
    const found = readNumber(value)
    return found !== undefined && found >= least && found <= most ? found : undefined
  }
}

export const asObject: Reader<JsonObject> = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined

export const asList: Reader<readonly unknown[]> = (value) =>
  Array.isArray(value) ? (value as unknown[]) : undefined
