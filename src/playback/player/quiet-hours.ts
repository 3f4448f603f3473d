/**
 * A part of the day in local time, in minutes since midnight; it spans midnight when it ends before it
 * begins.
 */
export interface QuietHours {
  readonly fromMinute: number
  readonly toMinute: number
}

const dayMs = 86_400_000
const minuteMs = 60_000

/**
 * Whether a moment is in the hours, by local time: on the night of a clock change they are longer or shorter.
 */
export function isQuiet({ fromMinute, toMinute }: QuietHours, epochMs: number): boolean {
  const minute = Math.floor(timeOfDayMs(epochMs) / minuteMs)
  return fromMinute < toMinute
    ? minute >= fromMinute && minute < toMinute
    : minute >= fromMinute || minute < toMinute
}

/** Milliseconds until the hours next begin or end, if the clocks do not change before. */
export function untilBoundaryMs({ fromMinute, toMinute }: QuietHours, epochMs: number): number {
  const nowMs = timeOfDayMs(epochMs)
  const until = (minute: number): number => (minute * minuteMs - nowMs + dayMs) % dayMs || dayMs
  return Math.min(until(fromMinute), until(toMinute))
}

function timeOfDayMs(epochMs: number): number {
  const at = new Date(epochMs)
  return (at.getHours() * 60 + at.getMinutes()) * minuteMs + at.getSeconds() * 1000 + at.getMilliseconds()
}
