import type { JsonObject } from '../../lib/decode.ts'

/** Topic `event` (docs/mqtt.md#events). */
export type EventPayload = JsonObject & { readonly event_type: string; readonly at: string }

export function encodeEvent(type: string, atEpochMs: number, facts: JsonObject): EventPayload {
  return { event_type: type, at: new Date(atEpochMs).toISOString(), ...facts }
}

type Facts = Readonly<Record<string, string | number | boolean | null>>

/** Facts under their names in payloads: `remainingSkips` becomes `remaining_skips`, as in topic `state`. */
export function encodeFacts(facts: Facts): Facts {
  return Object.fromEntries(
    Object.entries(facts).map(([name, fact]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      fact,
    ]),
  )
}
