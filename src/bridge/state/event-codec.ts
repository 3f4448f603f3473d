import type { JsonObject } from '../../lib/decode.ts'

/** Topic `event` (mqtt-contract 7). */
export type EventPayload = JsonObject & { readonly event_type: string; readonly at: string }

export function encodeEvent(type: string, atEpochMs: number, facts: JsonObject): EventPayload {
  return { event_type: type, at: new Date(atEpochMs).toISOString(), ...facts }
}
