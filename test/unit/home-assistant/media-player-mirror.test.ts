import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { StatePayload } from '../../../src/bridge/state/state-codec.ts'
import type { MediaPlayerDialect } from '../../../src/home-assistant/media-player-dialect.ts'
import { MediaPlayerMirror } from '../../../src/home-assistant/media-player-mirror.ts'
import { mirrorTopics } from '../../../src/home-assistant/mirror-topics.ts'

/** What is said of the position for one state after the other; retained: with `=`. */
function said(
  dialect: MediaPlayerDialect,
  scalars: boolean,
  positions: readonly (readonly [number | null, string | null])[],
): readonly string[] {
  const heard: string[] = []
  const hear = (sign: string) => (topic: string, payload: string) => {
    if (topic.endsWith('position')) heard.push(`${topic.slice('b/'.length)}${sign}${payload}`)
  }
  const topics = mirrorTopics((name) => `b/${name}`, scalars, dialect)
  const mirror = new MediaPlayerMirror({ topics, broker: { retain: hear('='), send: hear(' ') } })
  for (const [media_position, media_position_updated_at] of positions) {
    const state: StatePayload = { state: 'playing', volume: 50, media_position, media_position_updated_at }
    mirror.state(state)
  }
  return heard
}

const life = [
  [null, null],
  [0, 'a'],
  [0, 'a'],
  [0, 'b'],
  [37, 'c'],
  [0, 'd'],
  [null, null],
  [null, 'e'],
] as const

test('what topic state/media_position says is not said twice, but that it is so at another moment', () => {
  assert.deepEqual(said('mqtt_media_player', true, life), ['state/media_position 0'])
})

test('without scalar topics it is said on a topic of its own', () => {
  const own = ['=0', ' 0', ' 0', '=37', '=0', ' 0', ' 0'].map((what) => `player/position${what}`)
  assert.deepEqual(said('mqtt_media_player', false, life), own)
})

test('so it is where an empty text would be warned of', () => {
  const own = ['=0', ' 0', ' 0', '=37', '=0', ' 0', ' 0'].map((what) => `player/position${what}`)
  assert.deepEqual(said('mqtt_media_player_shyndman', true, life), own)
})
