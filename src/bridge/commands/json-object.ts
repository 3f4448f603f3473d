import type { JsonObject } from '../../lib/decode.ts'
import { AppError } from '../../lib/errors.ts'

/** Error `command/payload`; the message says what the topic expects. */
export function badPayload(message: string): AppError {
  return new AppError('command/payload', message)
}

/** No command needs more. Recursive JSON writers have a limit of their own, which must not be reached. */
const deepest = 16

/**
 * Parses the payload as a JSON object. JSON.parse silently takes the last of two equal keys, so part of a
 * command would be lost (RFC 8259 section 4); this refuses them.
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

/** In valid JSON, a string before a colon is a key. */
const token = /"(?:[^"\\]+|\\.)*"(\s*:)?|[{}[\]]/g

function refuseOddities(json: string): void {
  /** The keys of each open object; undefined for a list. */
  const open: (Set<string> | undefined)[] = []
  for (const [found, colon] of json.matchAll(token)) {
    if (found === '}' || found === ']') {
      open.pop()
    } else if (found === '{' || found === '[') {
      if (open.push(found === '{' ? new Set() : undefined) > deepest)
        throw badPayload(`The payload is nested more than ${deepest} deep`)
    } else if (colon !== undefined || found.includes('\\u')) {
      const text = JSON.parse(found.slice(0, found.length - (colon?.length ?? 0))) as string
      // Half of a character cannot be encoded in a URL or a topic.
      if (/\p{Surrogate}/u.test(text)) throw badPayload('The payload holds half of a surrogate pair')
      if (colon === undefined) continue
      if (open.at(-1)?.has(text) === true)
        throw badPayload(`The payload holds ${JSON.stringify(text.slice(0, 40))} twice`)
      open.at(-1)?.add(text)
    }
  }
}
