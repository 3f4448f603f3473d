import assert from 'node:assert/strict'
import { test } from 'node:test'

import { startStage } from '../engine-harness.ts'
import { eventually } from '../../../support/eventually.ts'

for (const nextPolicy of ['peek', 'advance'] as const) {
  test(`next and previous move by one, back and forth (${nextPolicy})`, async (t) => {
    const stage = await startStage(t, { nextPolicy })
    const tracks = stage.tracksOf('album')
    await stage.play()
    const { engine, signal } = stage
    const walk = [
      'next',
      'next',
      'next',
      'next',
      'next',
      'previous',
      'previous',
      'next',
      'previous',
      'previous',
      'next',
    ] as const
    let at = 0
    for (const direction of walk) {
      await stage.done(engine[direction](signal))
      at += direction === 'next' ? 1 : -1
      assert.equal(stage.title, tracks[at], direction)
      assert.equal(stage.state.upcoming[0]?.title, tracks[at + 1])
      assert.equal(stage.state.played.at(-1)?.title, tracks[at - 1])
    }
    await stage.quiet()
    assert.deepEqual(stage.control.violations(), [])
  })

  test(`next at the last entry is refused, and it plays on unreported (${nextPolicy})`, async (t) => {
    const stage = await startStage(t, { nextPolicy, endOfQueue: '404' })
    await stage.play('track')
    stage.events()
    await assert.rejects(stage.done(stage.engine.next(stage.signal)), { code: 'playback/end-of-queue' })
    assert.equal(stage.state.phase, 'playing')
    assert.equal(stage.reported().length, 1)
    assert.deepEqual(stage.events(), [])
  })

  test(`previous at the first entry is refused, and it plays on (${nextPolicy})`, async (t) => {
    const stage = await startStage(t, { nextPolicy })
    await stage.play()
    const { title } = stage
    await assert.rejects(stage.done(stage.engine.previous(stage.signal)), { code: 'playback/end-of-queue' })
    await stage.quiet()
    assert.deepEqual([stage.title, stage.state.phase], [title, 'playing'])
    assert.deepEqual(stage.reported(), [
      `start ${title ?? ''}`,
      `stop ${title ?? ''}: userPrev`,
      `start ${title ?? ''}`,
    ])
  })
}

test('a skip is told to the service before it is asked for more', async (t) => {
  const stage = await startStage(t)
  await stage.play()
  await stage.quiet()
  stage.calls()
  await stage.done(stage.engine.next(stage.signal))
  assert.deepEqual(stage.calls().slice(0, 2), ['POST event', 'GET next'])
  assert.equal(stage.reported().at(1)?.endsWith('userNext'), true)
  await stage.quiet()
  stage.calls()
  await stage.done(stage.engine.previous(stage.signal))
  assert.deepEqual(stage.calls().slice(0, 2), ['POST event', 'GET previous'])
})

test('the skips left count down, and the one too many is refused with the reason and without a call', async (t) => {
  const stage = await startStage(t, { tier: 'PRIME', skipLimit: 3 })
  await stage.play()
  for (const left of [2, 1, 0]) {
    await stage.done(stage.engine.next(stage.signal))
    assert.equal(stage.state.entity?.actions.next?.remainingSkips, left)
  }
  await stage.quiet()
  stage.calls()
  stage.events()
  const { state } = stage
  await assert.rejects(stage.engine.next(stage.signal), {
    code: 'playback/skip-limit',
    facts: { action: 'next', reason: 'NO_MORE_SKIPS', remainingSkips: 0 },
  })
  await stage.quiet()
  assert.deepEqual(stage.calls(), [])
  assert.equal(stage.state, state)
  const [refused, ...others] = stage.heard
  assert.deepEqual(others, [])
  assert.equal(refused?.event.type, 'skip_refused')
  assert.equal(refused.event.facts['reason'], 'NO_MORE_SKIPS')
  assert.equal(refused.event.facts['remainingSkips'], 0)
  assert.deepEqual(stage.control.violations(), [])
})

test('skips come back with time, and are known no later than with the next entity', async (t) => {
  const stage = await startStage(t, { tier: 'PRIME', skipLimit: 1 })
  await stage.play('playlist')
  await stage.done(stage.engine.next(stage.signal))
  await stage.engine.pause()
  await stage.pass(3_600_000, 60_000)
  await stage.done(stage.engine.resume(stage.signal))
  await stage.pass((stage.state.entity?.durationMs ?? 0) + 1_000)
  await stage.pass((stage.state.entity?.durationMs ?? 0) + 1_000)
  await stage.done(stage.engine.next(stage.signal))
  assert.deepEqual(stage.control.violations(), [])
})

test('skips made while the service is away are counted here', async (t) => {
  const stage = await startStage(t, { tier: 'PRIME', skipLimit: 2 })
  await stage.play()
  await stage.quiet()
  stage.breakDown()
  await stage.done(stage.engine.next(stage.signal))
  await stage.done(stage.engine.next(stage.signal))
  await assert.rejects(stage.done(stage.engine.next(stage.signal)), { code: 'playback/skip-limit' })
  stage.repair()
  await stage.pass(60_000)
  assert.deepEqual(stage.control.violations(), [])
})

test('a skip the service refuses although it was thought to be allowed leaves all as it was', async (t) => {
  const stage = await startStage(t)
  await stage.play()
  await stage.done(stage.engine.next(stage.signal))
  stage.control.changeAccount({ tier: 'PRIME' })
  stage.events()
  const { title } = stage
  await assert.rejects(stage.done(stage.engine.previous(stage.signal)), { code: 'music/subscription' })
  await stage.quiet()
  assert.deepEqual([stage.title, stage.state.phase], [title, 'playing'])
  assert.deepEqual(stage.events(), ['skip_refused'])
  assert.deepEqual(stage.control.violations(), [])
})

test('an ad plays as it comes, and cannot be skipped', async (t) => {
  const free = await startStage(t, { tier: 'FREE', adEvery: 1 })
  await free.play()
  await free.pass(300_000)
  for (let i = 0; i < 20 && free.state.entity?.kind !== 'ad'; i++) await free.pass(5_000)
  assert.equal(free.state.entity?.kind, 'ad')
  await assert.rejects(free.engine.next(free.signal), {
    code: 'playback/forbidden',
    facts: {
      action: 'next',
      reason: 'NEED_AMAZON_MUSIC_SUBSCRIPTION_FOR_AD_FREE_PLAYBACK',
      remainingSkips: free.state.entity.actions.next?.remainingSkips ?? null,
    },
  })
  await free.pass(30_000)
  assert.notEqual(free.state.entity.kind, 'ad')
  assert.equal(
    free.reported().some((line) => line.startsWith('start Advertisement')),
    true,
  )
  assert.deepEqual(free.control.violations(), [])
})

test('an interlude plays as it comes, marked as what it is', async (t) => {
  const stage = await startStage(t, { interludeEvery: 1 })
  for (let nth = 0; nth < stage.items('station').length; nth++) {
    await stage.play('station', nth)
    const { upcoming } = stage.state
    if (!upcoming.some(({ kind }) => kind === 'interlude')) continue
    await eventually('an interlude', () => stage.state.entity?.kind === 'interlude', {
      step: () => stage.done(stage.engine.next(stage.signal)),
    })
    await stage.pass(1_000)
    await stage.pass(stage.state.entity?.durationMs ?? 0)
    assert.equal(stage.state.entity?.kind, 'track')
    assert.equal(
      stage.reported().some((line) => /^stop The DJ says \d: trackFinished$/.test(line)),
      true,
    )
    assert.deepEqual(stage.control.violations(), [])
    return
  }
  assert.fail('no station of the catalog has a DJ')
})

test('a skip of what is paused plays the next, and is no skip to the service', async (t) => {
  const stage = await startStage(t)
  await stage.play()
  await stage.engine.pause()
  stage.events()
  await stage.done(stage.engine.next(stage.signal))
  await stage.quiet()
  assert.deepEqual(stage.events(), ['track_changed', 'playback_started'])
  assert.equal(
    stage.reported().some((line) => line.endsWith('userNext')),
    false,
  )
})
