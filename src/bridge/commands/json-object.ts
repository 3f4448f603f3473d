import type { JsonObject } from '../../lib/decode.ts'
import { AppError } from '../../lib/errors.ts'

/** `command/payload`: not what this topic takes, and what it takes instead. */
export function badPayload(message: string): AppError {
  return new AppError('command/payload', message)
}

/** No command needs more; a writer of JSON that is called recursively has a limit that is not ours. */
const deepest = 16

/**
 * The payload as a JSON object. Stricter than JSON.parse, which takes the last of two equal keys without a word: half
 * of what the sender said would then not be done (RFC 8259 section 4).
 *
 * @throws AppError `command/payload`
 */
export function payloadObject(text: string): JsonObject {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw badPayload('The payload is not valid JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badPayload('The payload must be a JSON object')
  }
  refuseOddities(text)
  return value as JsonObject
}

/** In JSON that is valid, a string before a colon is a key. */
const token = /"(?:[^"\\]+|\\.)*"(\s*:)?|[{}[\]]/g

function refuseOddities(json: string): void {
  /** The keys of each object we are in; undefined for a list. */
  const open: (Set<string> | undefined)[] = []
  for (const [found, colon] of json.matchAll(token)) {
    if (found === '}' || found === ']') {
      open.pop()
    } else if (found === '{' || found === '[') {
      if (open.push(found === '{' ? new Set() : undefined) > deepest)
        throw badPayload(`The payload is nested more than ${deepest} deep`)
    } else if (colon !== undefined || found.includes('\\u')) {
      const text = JSON.parse(found.slice(0, found.length - (colon?.length ?? 0))) as string
      // Half a character: it cannot be written to a URL or to a topic.
      if (/\p{Surrogate}/u.test(text)) throw badPayload('The payload holds half of a surrogate pair')
      if (colon === undefined) continue
      if (open.at(-1)?.has(text) === true)
        throw badPayload(`The payload holds ${JSON.stringify(text.slice(0, 40))} twice`)
      open.at(-1)?.add(text)
    }
  }
}
