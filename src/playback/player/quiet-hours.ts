/** A part of the day in local time, in minutes since midnight; over midnight when it ends before it begins. */
export interface QuietHours {
  readonly fromMinute: number
  readonly toMinute: number
}

const dayMs = 86_400_000
const minuteMs = 60_000

/** Whether that moment lies in the hours, by the clock on the wall: a night of a clock change is longer or shorter. */
export function isQuiet({ fromMinute, toMinute }: QuietHours, epochMs: number): boolean {
  const minute = Math.floor(timeOfDayMs(epochMs) / minuteMs)
  return fromMinute < toMinute
    ? minute >= fromMinute && minute < toMinute
    : minute >= fromMinute || minute < toMinute
}

/** How long until the hours next begin or end, if the clocks are not changed until then. */
export function untilBoundaryMs({ fromMinute, toMinute }: QuietHours, epochMs: number): number {
  const nowMs = timeOfDayMs(epochMs)
  const until = (minute: number): number => (minute * minuteMs - nowMs + dayMs) % dayMs || dayMs
  return Math.min(until(fromMinute), until(toMinute))
}

function timeOfDayMs(epochMs: number): number {
  const at = new Date(epochMs)
  return (at.getHours() * 60 + at.getMinutes()) * minuteMs + at.getSeconds() * 1000 + at.getMilliseconds()
}
