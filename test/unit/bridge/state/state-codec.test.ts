import assert from 'node:assert/strict'
import { test } from 'node:test'

import { encodeQueue, encodeScalar, encodeState } from '../../../../src/bridge/state/state-codec.ts'
import { Secret } from '../../../../src/lib/secret.ts'
import type { Entity } from '../../../../src/amazon-music/entity.ts'
import { idleState, type PlaybackState } from '../../../../src/playback/playback-state.ts'
import { checkState } from '../../../integration/bridge/state-schema.ts'

const facts = {
  signedIn: true,
  service: 'ok',
  player: 'none',
  isAnnouncing: false,
  sleepAtEpochMs: undefined,
} as const

const entity: Entity = {
  referenceId: 'r1',
  sessionId: 's1',
  id: 'B000000001',
  kind: 'track',
  title: 'River Song',
  artist: 'Salt Harbour',
  album: 'Voyage',
  durationMs: 184_600,
  imageUrl: 'https://example.org/a.jpg',
  metricId: 'metric-canary',
  actions: {},
  stream: {
    url: new Secret('https://example.org/stream-canary'),
    protocol: 'DASH',
    format: undefined,
    drm: undefined,
    licenseHeaders: { authorization: new Secret('licence-canary') },
    headers: { cookie: new Secret('cookie-canary') },
  },
}

const playing: PlaybackState = {
  ...idleState,
  phase: 'playing',
  entity,
  positionMs: 61_499,
  positionAtEpochMs: Date.UTC(2026, 10, 22, 12),
  sessionId: 's1',
  upcoming: [entity],
  played: [entity],
}

test('every key is there when nothing is known', () => {
  for (const signedIn of [true, false]) {
    const state = encodeState(idleState, { ...facts, signedIn })
    checkState(JSON.stringify(state))
    assert.equal(state['state'], signedIn ? 'idle' : 'off')
    assert.equal(state['media_title'], null)
  }
})

test('durations and positions are whole seconds, times are UTC', () => {
  const state = encodeState(playing, facts)
  checkState(JSON.stringify(state))
  assert.deepEqual(
    [state['media_duration'], state['media_position'], state['media_position_updated_at']],
    [185, 61, '2026-11-22T12:00:00.000Z'],
  )
})

test('texts are cut to 255 characters, and never through the middle of one', () => {
  const title = (text: string): unknown =>
    encodeState({ ...playing, entity: { ...entity, title: text } }, facts)['media_title']
  assert.equal(title('x'.repeat(255)), 'x'.repeat(255))
  assert.equal(title('x'.repeat(256)), 'x'.repeat(255))
  assert.equal(title('x'.repeat(254) + '🎵'), 'x'.repeat(254))
  assert.equal(title('x'.repeat(253) + '🎵'), 'x'.repeat(253) + '🎵')
})

test('what an entity forbids is told with the reason', () => {
  const next = { allowed: false, disableType: 'NO_MORE_SKIPS', remainingSkips: 0 }
  const state = encodeState({ ...playing, entity: { ...entity, actions: { next } } }, facts)
  checkState(JSON.stringify(state))
  assert.deepEqual(
    [state['can_next'], state['disabled_reason'], state['remaining_skips'], state['can_seek']],
    [false, 'NO_MORE_SKIPS', 0, true],
  )
})

test('a value on a topic of its own is plain text', () => {
  const texts = [null, true, false, 0, 30, '', 'River Song'].map(encodeScalar)
  assert.deepEqual(texts, ['', 'ON', 'OFF', '0', '30', '', 'River Song'])
})

test('the queue holds nothing that gives access to audio', () => {
  const said =
    JSON.stringify(encodeQueue('s1', entity, [entity], [entity])) +
    JSON.stringify(encodeState(playing, facts))
  assert.doesNotMatch(said, /canary|DASH/)
})

test('what is held for an announcement is paused; where nothing plays it stays idle', () => {
  const phase = (state: PlaybackState): unknown => encodeState({ ...state, isHeld: true }, facts)['state']
  assert.deepEqual([phase(playing), phase(idleState)], ['paused', 'idle'])
})
