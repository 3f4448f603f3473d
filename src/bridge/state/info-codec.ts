import type { JsonObject } from '../../lib/decode.ts'

/** Topic `info` of some agent as JSON; undefined for what is no JSON object, as when it was cleared. */
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

/** Whose `info` it is. */
export function deviceIdIn(payload: Buffer): string | undefined {
  const id = decodeInfo(payload)?.['device_id']
  return typeof id === 'string' && id !== '' ? id : undefined
}
