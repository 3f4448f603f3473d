import assert from 'node:assert/strict'
import test from 'node:test'
import { linkedStage, type Reply, type Stage } from '../sandbox-harness.ts'

async function skip(s: Stage, id: string): Promise<Reply> {
  const current = await s.music('GET', `/playback/sessions/${id}/current`)
  await s.report(current.at('data', 'entities', 0, 'metricId'), 'start')
  await s.report(current.at('data', 'entities', 0, 'metricId'), 'stop', 'userNext')
  const next = await s.music('GET', `/playback/sessions/${id}/next`)
  if (next.status !== 200) return next
  await s.report(next.at('data', 'entities', 0, 'metricId'), 'start')
  await s.report(next.at('data', 'entities', 0, 'metricId'), 'stop')
  return next
}

test('previous, scrub and shuffle are forbidden, with the reason', async (t) => {
  const s = await linkedStage(t, { tier: 'PRIME' })
  const created = await s.play(s.mrn('album'), { shuffleMode: 'SHUFFLE_OFF' })
  const id = String(created.at('data', 'entities', 0, 'sessionId'))
  for (const action of ['previous', 'scrubForward', 'scrubBackward', 'shuffle']) {
    assert.equal(created.at('data', 'entities', 0, 'actions', action, 'isAllowed'), false, action)
    assert.match(String(created.at('data', 'entities', 0, 'actions', action, 'disableType')), /^NEED_/)
  }
  assert.deepEqual(created.at('data', 'entities', 0, 'actions', 'next'), {
    isAllowed: true,
    remainingSkips: 6,
  })
  const previous = await s.music('GET', `/playback/sessions/${id}/previous`)
  assert.equal(previous.at('error', 'code'), 'DENIED_SUBSCRIPTION_TIER')
  const view = await s.music('GET', `/playback/sessions/${id}/view`)
  assert.equal(view.at('data', 'shuffleMode'), 'SHUFFLE_ON')
})

test('six skips count down, the seventh is refused, and an hour later they are back', async (t) => {
  const s = await linkedStage(t, { tier: 'PRIME', accessTokenLifetime: 7200 })
  const created = await s.play(s.mrn('playlist'))
  const id = String(created.at('data', 'entities', 0, 'sessionId'))
  for (const left of [5, 4, 3, 2, 1, 0]) {
    const next = await skip(s, id)
    assert.equal(next.at('data', 'entities', 0, 'actions', 'next', 'remainingSkips'), left)
  }
  const current = await s.music('GET', `/playback/sessions/${id}/current`)
  assert.equal(current.at('data', 'entities', 0, 'actions', 'next', 'disableType'), 'NO_MORE_SKIPS')
  assert.equal((await skip(s, id)).at('error', 'payload', 'internalCode'), 'NO_MORE_SKIPS')
  assert.deepEqual(
    s.control.violations().map(({ what }) => what),
    ['skip beyond the limit'],
  )
  s.clock.advance(3600)
  const fresh = await s.music('GET', `/playback/sessions/${id}/current`)
  assert.equal(fresh.at('data', 'entities', 0, 'actions', 'next', 'remainingSkips'), 6)
})

test('a track that ends by itself costs no skip', async (t) => {
  const s = await linkedStage(t, { tier: 'PRIME' })
  const created = await s.play(s.mrn('album'))
  await s.report(created.at('data', 'entities', 0, 'metricId'), 'start')
  await s.report(created.at('data', 'entities', 0, 'metricId'), 'stop', 'trackFinished')
  assert.equal(s.control.state().accounts[0]?.remainingSkips, 6)
})

test('nobody may choose what comes next', async (t) => {
  const s = await linkedStage(t, { tier: 'PRIME' })
  const created = await s.play(s.mrn('album'))
  const path = `/playback/sessions/${String(created.at('data', 'entities', 0, 'sessionId'))}/next`
  assert.equal((await s.music('POST', path, { playParams: { id: s.mrn('track') } })).status, 403)
})
