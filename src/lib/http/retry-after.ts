/** The longest wait a server may ask for: one slip of a server must not silence the agent for days. */
const longestMs = 3_600_000

/**
 * The wait that a `Retry-After` header asks for, in milliseconds, at most one hour. Undefined when there is
 * none, or none that can be read. A date counts from the answer's own `Date` header, because this device's
 * wall clock may be wrong. Source: RFC 9110 section 10.2.3.
 */
export function decodeRetryAfter(
  retryAfter: string | undefined,
  date: string | undefined,
): number | undefined {
  if (retryAfter === undefined) return undefined
  const text = retryAfter.trim()
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : dateMs(text) - dateMs(date ?? '')
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), longestMs)
}

/**
 * NaN for anything else. Every HTTP date begins with its weekday; Date.parse accepts much that is no date.
 */
function dateMs(text: string): number {
  return /^[a-z]/i.test(text) ? Date.parse(text) : Number.NaN
}
