import assert from 'node:assert/strict'
import { test } from 'node:test'

import { startStage } from './stage.ts'

for (const nextPolicy of ['peek', 'advance'] as const) {
  for (const restoreId of ['same', 'new'] as const) {
    test(`an album plays on through a lapsed session, each track once (${nextPolicy}, restored under the ${restoreId} id)`, async (t) => {
      const stage = await startStage(t, { nextPolicy, restoreId })
      await stage.play()
      await stage.pass(100_000)
      stage.control.lapseSessions()
      await stage.pass(40 * 60_000, 5_000)
      const tracks = stage.tracksOf('album')
      assert.deepEqual(
        stage.reported(),
        tracks.flatMap((title) => [`start ${title}`, `stop ${title}: trackFinished`]),
      )
      assert.deepEqual(stage.control.violations(), [])
      assert.ok(!stage.heard.some(({ event }) => event.type === 'error'))
    })
  }

  test(`next and previous work on a session that has lapsed (${nextPolicy})`, async (t) => {
    const stage = await startStage(t, { nextPolicy })
    const tracks = stage.tracksOf('album')
    await stage.play()
    stage.control.lapseSessions()
    await stage.done(stage.engine.next(stage.signal))
    assert.equal(stage.title, tracks[1])
    stage.control.lapseSessions()
    await stage.done(stage.engine.previous(stage.signal))
    assert.equal(stage.title, tracks[0])
    await stage.done(stage.engine.next(stage.signal))
    assert.equal(stage.title, tracks[1])
    assert.deepEqual(stage.control.violations(), [])
  })
}

test('a session that cannot be restored is made anew, and goes on behind what plays where that is found', async (t) => {
  const stage = await startStage(t)
  const tracks = stage.tracksOf('album')
  await stage.play()
  await stage.done(stage.engine.next(stage.signal))
  const before = stage.state.sessionId
  stage.control.forgetSessions()
  stage.calls()
  await stage.done(stage.engine.next(stage.signal))
  assert.equal(stage.title, tracks[2])
  assert.deepEqual(stage.calls().slice(0, 4), ['POST event', 'GET next', 'POST restore', 'POST sessions'])
  assert.notEqual(stage.state.sessionId, before)
  await stage.pass(40 * 60_000, 5_000)
  assert.equal(stage.reported().at(-1), `stop ${tracks.at(-1) ?? ''}: trackFinished`)
  assert.deepEqual(stage.control.violations(), [])
})

test('a session made anew has the modes that were set', async (t) => {
  const stage = await startStage(t)
  await stage.play()
  await stage.done(stage.engine.setRepeat('all', stage.signal))
  stage.control.forgetSessions()
  await stage.done(stage.engine.setShuffle(true, stage.signal))
  const session = stage.control.sessions().find(({ sessionId }) => sessionId === stage.state.sessionId)
  assert.deepEqual([session?.loop, session?.shuffle], [true, true])
})

test('what was stopped is restored where it was', async (t) => {
  const stage = await startStage(t)
  await stage.play()
  await stage.done(stage.engine.next(stage.signal))
  const { title } = stage
  await stage.done(stage.engine.stop())
  assert.equal(stage.state.phase, 'idle')
  await stage.quiet()
  stage.events()
  await stage.done(stage.engine.resume(stage.signal))
  await stage.quiet()
  assert.equal(stage.title, title)
  assert.equal(stage.state.context, 'album 0')
  assert.deepEqual(stage.events(), ['track_changed', 'playback_started'])
  assert.deepEqual(stage.control.violations(), [])
})

test('after a restart play goes on with the last session', async (t) => {
  const stage = await startStage(t, { restoreId: 'new' })
  await stage.play()
  // Its id changes by a restore, and it is the new one that must be known in the next life.
  stage.control.lapseSessions()
  await stage.done(stage.engine.next(stage.signal))
  const { title } = stage
  await stage.done(stage.life.close())
  assert.equal(stage.reported().at(-1), `stop ${title ?? ''}: systemStop`)
  stage.begin()
  await stage.done(stage.engine.resume(stage.signal))
  assert.equal(stage.title, title)
  assert.equal(stage.state.context, 'album 0')
  await stage.quiet()
  assert.deepEqual(stage.control.violations(), [])
})

test('after a restart a session that is gone is asked for anew', async (t) => {
  const stage = await startStage(t)
  await stage.play('album', 0, { autoplay: false, loop: true })
  await stage.done(stage.life.close())
  stage.control.forgetSessions()
  stage.begin()
  await stage.done(stage.engine.resume(stage.signal))
  assert.equal(stage.title, stage.tracksOf('album')[0])
  assert.equal(stage.state.repeat, 'all')
})

test('a session of another device is restored by its name, and not replaced when it is gone', async (t) => {
  const stage = await startStage(t)
  const other = await stage.api.createSession({ id: stage.mrn('album', 3) }, {}, 5, stage.signal)
  await stage.play()
  await stage.done(stage.engine.restore(other.sessionId, stage.signal))
  assert.equal(stage.title, stage.tracksOf('album', 3)[0])
  assert.equal(stage.state.context, undefined)
  const { state } = stage
  await assert.rejects(stage.done(stage.engine.restore('no-such-session', stage.signal)), {
    code: 'music/not-found',
  })
  assert.equal(stage.state, state)
})

test('an access token that expires in between is renewed and nothing is lost', async (t) => {
  const stage = await startStage(t)
  await stage.play()
  stage.control.expireAccessTokens()
  await stage.pass(40 * 60_000, 5_000)
  assert.equal(stage.reported().length, 2 * stage.tracksOf('album').length)
  assert.deepEqual(stage.control.violations(), [])
})
