import type { Arguments } from '../routes/body-template.ts'
import type { PlaybackReport } from '../api.ts'
import type { Words } from '../routes/routes.ts'

/**
 * A report as arguments of reportEvent, in the service's units (docs/sources.md, API playback, Report Single
 * Event; the fields are reported).
 */
export function encodeReport(report: PlaybackReport, words: Words): Arguments {
  return {
    metricId: report.metricId,
    type: words.event[report.type],
    clientTimestampInMilliseconds: Math.round(report.atEpochMs),
    initialPlaybackDelayMilliseconds: Math.round(report.initialDelayMs),
    deviceTimezone: zoneOffset(report.atEpochMs),
    playbackCurrentSpeed: 1,
    durationSeconds: Math.floor(report.playedMs / 1000),
    entityProgressSeconds: Math.floor(report.positionMs / 1000),
    rebufferCount: report.rebufferCount,
    terminationReason:
      report.terminationReason === undefined || report.type === 'start'
        ? undefined
        : words.terminationReason[report.terminationReason],
  }
}

/** This machine's offset from UTC at that time, such as `+02:00`. */
function zoneOffset(epochMs: number): string {
  const minutes = -new Date(epochMs).getTimezoneOffset()
  const two = (n: number): string => String(n).padStart(2, '0')
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
}
