import assert from 'node:assert/strict'
import test from 'node:test'
import { linkedStage } from '../sandbox-harness.ts'

test('on FREE every fourth entity is an ad that cannot be skipped', async (t) => {
  const s = await linkedStage(t, { tier: 'FREE' })
  const created = await s.play(s.mrn('playlist'), {}, { limit: 8 })
  const types = Array.from({ length: 8 }, (_, i) => created.at('data', 'entities', i, '_type'))
  const [track, ad] = ['TrackPlayable', 'AdPlayable']
  assert.deepEqual(types, [track, track, track, ad, track, track, track, ad])
  const actions = (name: string, field: string) => created.at('data', 'entities', 3, 'actions', name, field)
  assert.equal(actions('next', 'isAllowed'), false)
  assert.equal(actions('scrubForward', 'isAllowed'), false)
  assert.equal(actions('next', 'disableType'), 'NEED_AMAZON_MUSIC_SUBSCRIPTION_FOR_AD_FREE_PLAYBACK')
})

test('a station in DJ mode has interludes, others have none', async (t) => {
  const s = await linkedStage(t)
  const dj = await s.play(s.mrn('station', 'Rock with DJ Mode'), {}, { limit: 10 })
  assert.equal(dj.at('data', 'entities', 4, '_type'), 'InterludePlayable')
  const plain = await s.play(s.mrn('station', 'Jazz Cellar'), {}, { limit: 10 })
  assert.equal(plain.text.includes('InterludePlayable'), false)
})
