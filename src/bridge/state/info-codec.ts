import type { JsonObject } from '../../lib/decode.ts'

/** Topic `info` of any agent; undefined when the payload is not a JSON object, such as an empty one. */
export function decodeInfo(payload: Buffer): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(payload.toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : undefined
  } catch {
    return undefined
  }
}

/** The device id in an `info` payload. */
export function deviceIdIn(payload: Buffer): string | undefined {
  const id = decodeInfo(payload)?.['device_id']
  return typeof id === 'string' && id !== '' ? id : undefined
}
