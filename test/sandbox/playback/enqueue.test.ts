import assert from 'node:assert/strict'
import test from 'node:test'
import { linkedStage, titles } from '../sandbox-harness.ts'

test('Queue Next comes right after the current track, Queue Last behind everything', async (t) => {
  const s = await linkedStage(t)
  const created = await s.play(s.mrn('album', 'Short Studies'), {}, { limit: 8 })
  const path = `/playback/sessions/${String(created.at('data', 'entities', 0, 'sessionId'))}`
  const [soon, late] = s.control
    .catalog()
    .filter(({ kind, durationSeconds }) => kind === 'track' && (durationSeconds ?? 0) > 20)
  assert.ok(soon && late, 'soon && late')
  const put = await s.music('POST', `${path}/next`, { playParams: { id: soon.mrn } })
  assert.deepEqual(titles(put), [soon.title])
  await s.music('POST', `${path}/last`, { playParams: { id: late.mrn } })
  const ahead = titles(await s.music('GET', `${path}/next?limit=10`))
  assert.deepEqual(ahead, [soon.title, ...titles(created).slice(1), late.title])
})

test('a queued track survives a shuffle', async (t) => {
  const s = await linkedStage(t)
  const created = await s.play(s.mrn('album', 'Short Studies'))
  const path = `/playback/sessions/${String(created.at('data', 'entities', 0, 'sessionId'))}`
  const soon = s.item('track')
  await s.music('POST', `${path}/next`, { playParams: { id: soon.mrn } })
  await s.music('PUT', `${path}/shuffle`, { shuffleMode: 'SHUFFLE_ON' })
  assert.deepEqual(titles(await s.music('GET', `${path}/next`)), [soon.title])
})
