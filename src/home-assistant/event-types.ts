import type { AccountEvent } from '../account/account-state.ts'
import type { PlaybackEventType } from '../playback/playback-state.ts'

/** A record, so that a missing event type does not compile: Home Assistant warns about each unknown one. */
const all: Readonly<Record<AccountEvent['type'] | PlaybackEventType, true>> = {
  login_required: true,
  login_succeeded: true,
  login_expired: true,
  login_denied: true,
  token_refreshed: true,
  token_revoked: true,
  playback_started: true,
  playback_paused: true,
  playback_stopped: true,
  track_changed: true,
  queue_ended: true,
  skip_refused: true,
  stream_taken_over: true,
  stream_busy: true,
  announcement_started: true,
  announcement_ended: true,
  sleep_set: true,
  sleep_ended: true,
  error: true,
}

/** Values of `event_type` in topic `event`. */
export const eventTypes: readonly string[] = Object.keys(all)

/** Payloads of topic `trigger`. */
export const triggerTypes = [
  'playback_started',
  'playback_stopped',
  'track_changed',
  'login_required',
] as const
