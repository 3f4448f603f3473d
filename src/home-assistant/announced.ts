import {
  field,
  listOf,
  number,
  object,
  optional,
  string,
  type Decoder,
  type JsonObject,
} from '../lib/decode.ts'

/** What the broker and Home Assistant may still hold from this agent, from this run or an earlier one. */
export interface Announced {
  /** Retained topics. */
  readonly topics: readonly string[]
  /** Platform by component key. */
  readonly components: Readonly<Record<string, string>>
  /** Size in bytes of a device message that the broker refused as too large. */
  readonly tooLarge?: number | undefined
}

export const nothingAnnounced: Announced = { topics: [], components: {} }

/** File `home-assistant.json`. */
export const decodeAnnounced: Decoder<Announced> = (value, path) => {
  const source = object(value, path)
  return {
    topics: field(source, 'topics', listOf(string), path),
    components: Object.fromEntries(
      Object.entries(field(source, 'components', object, path)).map(([key, platform]) => [
        key,
        string(platform, `${path}.components.${key}`),
      ]),
    ),
    tooLarge: field(source, 'tooLarge', optional(number), path),
  }
}

export function encodeAnnounced({ topics, components, tooLarge }: Announced): JsonObject {
  return { topics, components, ...(tooLarge === undefined ? {} : { tooLarge }) }
}
