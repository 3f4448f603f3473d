import assert from 'node:assert/strict'
import test from 'node:test'
import { linkedStage, titles, type Stage } from '../sandbox-harness.ts'

const next = (s: Stage, id: unknown) => s.music('GET', `/playback/sessions/${String(id)}/next?limit=10`)

async function playAlbum(s: Stage, options: Record<string, string>) {
  const created = await s.play(s.mrn('album', 'Short Studies'), options, { limit: 8 })
  return { id: created.at('data', 'entities', 0, 'sessionId'), all: titles(created) }
}

test('with autoplay off the queue ends: an empty list', async (t) => {
  const s = await linkedStage(t)
  const { id, all } = await playAlbum(s, { playbackContinuationMode: 'AUTOPLAY_OFF' })
  assert.equal(all.length, 8)
  assert.deepEqual(titles(await next(s, id)), all.slice(1))
})

test('or 404 with a code, where that is set', async (t) => {
  const s = await linkedStage(t, { endOfQueue: '404' })
  const created = await s.play(s.mrn('track'), { playbackContinuationMode: 'AUTOPLAY_OFF' })
  const id = created.at('data', 'entities', 0, 'sessionId')
  const end = await next(s, id)
  assert.equal(end.status, 404)
  assert.equal(end.at('error', 'code'), 'NO_MORE_NEXT_ENTITY')
  const start = await s.music('GET', `/playback/sessions/${String(id)}/previous`)
  assert.equal(start.at('error', 'code'), 'NO_MORE_PREVIOUS_ENTITY')
})

test('with autoplay on it goes on with recommendations', async (t) => {
  const s = await linkedStage(t)
  const { id, all } = await playAlbum(s, { playbackContinuationMode: 'AUTOPLAY_ON' })
  const more = titles(await next(s, id))
  assert.equal(more.length, 10)
  assert.deepEqual(more.slice(0, 7), all.slice(1))
})

test('with the loop on it comes round; turned off, the second round is gone', async (t) => {
  const s = await linkedStage(t)
  const { id, all } = await playAlbum(s, { loopMode: 'LOOP_ON' })
  assert.deepEqual(titles(await next(s, id)), [...all.slice(1), ...all.slice(0, 3)])
  const off = await s.music('PUT', `/playback/sessions/${String(id)}/loop`, { loopMode: 'LOOP_OFF' })
  assert.equal(off.at('data', 'loopMode'), 'LOOP_OFF')
  assert.deepEqual(titles(await next(s, id)), all.slice(1))
})
