import assert from 'node:assert/strict'
import { test } from 'node:test'

import { DesiredPause } from '../../../../src/playback/player/desired-pause.ts'

test('a wish counts at once, and no more once it is refused', () => {
  const pause = new DesiredPause()
  const wish = pause.wish(true)
  assert.equal(pause.isPaused, true)
  wish.refused()
  assert.equal(pause.isPaused, false)
})

test('the refusal of an older wish does not touch the newer one', () => {
  const pause = new DesiredPause()
  pause.wish(true).taken()
  const older = pause.wish(true)
  pause.wish(false)
  older.refused()
  assert.equal(pause.isPaused, false)
})

test('a refused wish gives way to the last that was taken, not to the one before it', () => {
  const pause = new DesiredPause()
  pause.wish(true).taken()
  const early = pause.wish(false)
  const late = pause.wish(false)
  early.refused()
  late.refused()
  assert.equal(pause.isPaused, true)
})

test('with another item what was wished of the one before no longer counts', () => {
  const pause = new DesiredPause()
  const [first, second] = [pause.wish(false), pause.wish(false)]
  pause.begin(true)
  first.taken()
  second.refused()
  assert.equal(pause.isPaused, true)
})

test('what was begun with counts as taken', () => {
  const pause = new DesiredPause()
  pause.begin(true)
  pause.wish(false).refused()
  assert.equal(pause.isPaused, true)
})
