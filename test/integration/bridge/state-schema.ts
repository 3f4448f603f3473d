import assert from 'node:assert/strict'

type Check = (value: unknown) => boolean

const text: Check = (value) => typeof value === 'string' && value !== '' && value.length <= 255
const whole: Check = (value) => Number.isInteger(value) && (value as number) >= 0
const flag: Check = (value) => typeof value === 'boolean'
const time: Check = (value) =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value)
const oneOf =
  (...words: readonly string[]): Check =>
  (value) =>
    words.includes(value as string)
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value)

/** Topic `state` as mqtt-contract 3 has it, in its order: what each key may hold. */
export const stateKeys: Readonly<Record<string, Check>> = {
  state: oneOf('playing', 'paused', 'buffering', 'idle', 'off'),
  media_title: orNull(text),
  media_artist: orNull(text),
  media_album_name: orNull(text),
  media_content_id: orNull(text),
  media_content_type: orNull(oneOf('track', 'episode', 'interlude', 'ad', 'station', 'unknown')),
  media_duration: orNull(whole),
  media_position: orNull(whole),
  media_position_updated_at: orNull(time),
  media_image_url: orNull((value) => URL.canParse(value as string)),
  context: orNull(text),
  volume: (value) => whole(value) && (value as number) <= 100,
  muted: flag,
  shuffle: flag,
  repeat: oneOf('off', 'all'),
  session_id: orNull(text),
  remaining_skips: orNull(whole),
  can_next: flag,
  can_previous: flag,
  can_seek: flag,
  can_shuffle: flag,
  can_repeat: flag,
  disabled_reason: orNull(text),
  preset: orNull(text),
  player: oneOf('none', 'mpv', 'command'),
  service: oneOf('ok', 'degraded', 'offline'),
  announcing: flag,
  sleep_at: orNull(time),
}

/** Throws if a payload of topic `state` breaks the contract. */
export function checkState(payload: string): void {
  const state = JSON.parse(payload) as Record<string, unknown>
  assert.deepEqual(Object.keys(state), Object.keys(stateKeys))
  for (const [key, check] of Object.entries(stateKeys)) {
    assert.ok(check(state[key]), `${key}: ${JSON.stringify(state[key])}`)
  }
  const hasEntity = state['media_content_type'] !== null
  assert.equal(hasEntity, state['media_position'] !== null, `a position when something is loaded: ${payload}`)
  if (state['state'] === 'playing' || state['state'] === 'paused') assert.ok(hasEntity, payload)
  if (state['can_next'] === false && hasEntity) assert.notEqual(state['disabled_reason'], null, payload)
}

/** What topic `state/<key>` says for a value of `state`. */
export function scalarOf(value: unknown): string {
  if (value === null) return ''
  if (typeof value === 'boolean') return value ? 'ON' : 'OFF'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
