type Facts = Readonly<Record<string, string | number | boolean | null>>

/** Facts under names as payloads have them: `remainingSkips` is `remaining_skips` there, as in topic `state`. */
export function encodeFacts(facts: Facts): Facts {
  return Object.fromEntries(
    Object.entries(facts).map(([name, fact]) => [
      name.replace(/[A-Z]/g, (request) => `_${request.toLowerCase()}`),
      fact,
    ]),
  )
}
