/**
 * The wait a `Retry-After` header asks for, in milliseconds: seconds or a date (RFC 9110, 10.2.3). A date is measured
 * against the answer's own `Date`, because this device's wall clock may be wrong. Undefined when it says nothing.
 *
 * @param date the answer's `Date` header
 * @param nowEpochMs the wall clock, for want of a `Date`
 */
export function retryAfterMs(
  value: string | undefined,
  date: string | undefined,
  nowEpochMs: number,
): number | undefined {
  if (value === undefined) return undefined
  if (/^\s*\d+\s*$/.test(value)) return Number(value) * 1000
  // Every HTTP date begins with its weekday; Date.parse takes much else for a date.
  const untilMs = /^\s*[a-z]/i.test(value) ? Date.parse(value) : Number.NaN
  if (Number.isNaN(untilMs)) return undefined
  const sentMs = date === undefined ? Number.NaN : Date.parse(date)
  return Math.max(0, untilMs - (Number.isNaN(sentMs) ? nowEpochMs : sentMs))
}
