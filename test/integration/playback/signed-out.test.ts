import assert from 'node:assert/strict'
import { test } from 'node:test'

import { startStage } from './engine-harness.ts'

test('when nobody is signed in any more, playing ends at the next call and the reports wait', async (t) => {
  const stage = await startStage(t)
  await stage.play()
  await stage.quiet()
  stage.events()
  stage.tokens.signOut()
  await stage.passUntil('the end of playing', () => stage.state.phase === 'idle')
  assert.equal(stage.events().at(-1), 'playback_stopped')
  assert.equal(stage.reported().length, 1)
  assert.ok(stage.life.queue.waiting > 0, `stage.life.queue.waiting > 0: ${stage.life.queue.waiting}`)
  stage.tokens.signInAgain()
  await stage.pass(120_000)
  assert.equal(stage.life.queue.waiting, 0)
  assert.equal(stage.reported().length % 2, 0)
  assert.deepEqual(stage.control.violations(), [])
})

test('the account may end it at once, with its own reason', async (t) => {
  const stage = await startStage(t)
  await stage.play()
  const { title = '' } = stage
  await stage.quiet()
  stage.events()
  stage.tokens.signOut()
  await stage.engine.stop('systemStop')
  await stage.pass(60_000)
  assert.deepEqual(stage.events(), ['playback_stopped'])
  stage.tokens.signInAgain()
  await stage.pass(120_000)
  assert.deepEqual(stage.reported(), [`start ${title}`, `stop ${title}: systemStop`])
})

test('a command without an account is refused, and the session is restored after the next sign-in', async (t) => {
  const stage = await startStage(t)
  await stage.play()
  const { title } = stage
  await stage.quiet()
  stage.tokens.signOut()
  await assert.rejects(
    stage.done(
      stage.engine.play({ play: { id: stage.mrn('album', 1) }, options: {}, context: '' }, stage.signal),
    ),
    {
      code: 'account/signed-out',
    },
  )
  await stage.quiet()
  assert.equal(stage.state.phase, 'idle')
  stage.tokens.signInAgain()
  await stage.done(stage.engine.resume(stage.signal))
  assert.equal(stage.title, title)
  await stage.quiet()
  assert.deepEqual(stage.control.violations(), [])
})
