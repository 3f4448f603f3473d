import { object, oneOf, optionalInteger, optionalString, type JsonObject } from '../../music/json-body.ts'
import { badRequest } from '../../music/music-error.ts'

/**
 * `event` of a report. An Amazon page shows only its field `type`; the other fields are those of a
 * third-party client.
 */
export interface PlaybackEvent {
  readonly type: 'start' | 'stop'
  readonly clientTimestampInMilliseconds: number
  readonly terminationReason: string | null
  readonly fields: JsonObject
}

/**
 * The reasons of Amazon's web playback engine, and the one that the third-party client of V1 uses instead of
 * `userStop`.
 */
const REASONS = [
  'error',
  'networkError',
  'systemStop',
  'trackFinished',
  'trackScrub',
  'userNext',
  'userPrev',
  'userStop',
  'userPause',
] as const

/**
 * Validates one report `{metricId, event}`. Required: `type` and `clientTimestampInMilliseconds`; for a stop
 * also `durationSeconds`, `entityProgressSeconds` and `terminationReason`. Which fields are required is
 * inferred.
 *
 * @throws MusicError `BAD_REQUEST` that names the field
 */
export function readReport(body: JsonObject): { metricId: string; event: PlaybackEvent } {
  const metricId = optionalString(body, 'metricId')
  if (metricId === null || metricId === '') throw badRequest('metricId is missing')
  const fields = object(body['event'], 'event')
  const type = oneOf(fields, 'type', ['start', 'stop'])
  if (type === null) throw badRequest('event.type is missing')
  const clientTimestampInMilliseconds = amount(fields, 'clientTimestampInMilliseconds', true)
  const isStop = type === 'stop'
  amount(fields, 'durationSeconds', isStop)
  amount(fields, 'entityProgressSeconds', isStop)
  amount(fields, 'initialPlaybackDelayMilliseconds', false)
  amount(fields, 'rebufferCount', false)
  const speed = fields['playbackCurrentSpeed'] ?? 1
  if (typeof speed !== 'number' || !(speed > 0))
    throw badRequest('playbackCurrentSpeed must be a positive number')
  const timezone = optionalString(fields, 'deviceTimezone')
  if (timezone !== null && !/^[+-]\d\d:\d\d$/.test(timezone))
    throw badRequest('deviceTimezone must look like +02:00')
  const terminationReason = oneOf(fields, 'terminationReason', REASONS)
  if (isStop && terminationReason === null) throw badRequest('terminationReason is missing')
  if (!isStop && terminationReason !== null) throw badRequest('terminationReason belongs to a stop only')
  return { metricId, event: { type, clientTimestampInMilliseconds, terminationReason, fields } }
}

/** A non-negative integer; 0 for an absent optional field. */
function amount(fields: JsonObject, name: string, isRequired: boolean): number {
  const value = optionalInteger(fields, name, 0, Number.MAX_SAFE_INTEGER)
  if (value === null && isRequired) throw badRequest(`${name} is missing`)
  return value ?? 0
}
