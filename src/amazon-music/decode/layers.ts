import { readNumber, type JsonObject } from '../../lib/decode.ts'

/**
 * The service's objects are known from several sources that nest the same fields differently. A reader therefore
 * looks through the layers of an object, outermost first, under each of the names a field is known by.
 */
export type Layers = readonly JsonObject[]

/** What is there to take, or undefined when it is not of the wanted type. */
export type Reader<T> = (value: unknown) => T | undefined

/** `top`, then those of its fields `names` that are objects. */
export function layersOf(top: JsonObject, names: readonly string[]): Layers {
  const layers = [top]
  for (const name of names) {
    const value = asObject(top[name])
    if (value !== undefined) layers.push(value)
  }
  return layers
}

/** The first of `names` that holds what `read` can take, layer by layer. */
export function pick<T>(layers: Layers, names: readonly string[], read: Reader<T>): T | undefined {
  for (const layer of layers) {
    for (const name of names) {
      const value = read(layer[name])
      if (value !== undefined) return value
    }
  }
  return undefined
}

/** The first of `names` that is there at all (not null), with its name. */
export function present(source: JsonObject, names: readonly string[]): string | undefined {
  return names.find((name) => source[name] !== undefined && source[name] !== null)
}

export const asText: Reader<string> = (value) =>
  typeof value === 'string' && value !== '' ? value : undefined

/** A number from `least` to `most`, also spelled in digits; one out of these bounds is as good as none. */
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
