import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AppError } from '../../../../src/lib/errors.ts'
import type { PlayerItem } from '../../../../src/playback/player/player.ts'
import { createNonePlayer } from '../../../../src/playback/player/backends/none.ts'
import { windowSize } from '../../../../src/playback/queue/window.ts'
import { startStage } from '../engine-harness.ts'

const ways = (['peek', 'advance'] as const).flatMap((nextPolicy) =>
  (['not-found', 'restored'] as const).flatMap((lapsedRead) =>
    (['same', 'new'] as const).map((restoreId) => ({ nextPolicy, lapsedRead, restoreId })),
  ),
)

for (const way of ways) {
  const named = `(${Object.values(way).join(', ')} id)`

  test(`an album plays on through lapses of its session, each track once ${named}`, async (t) => {
    const stage = await startStage(t, way)
    await stage.play()
    for (let minute = 0; minute < 40; minute += 10) {
      await stage.pass(100_000)
      stage.control.lapseSessions()
      await stage.pass(500_000, 5_000)
    }
    const tracks = stage.tracksOf('album')
    assert.deepEqual(
      stage.reported(),
      tracks.flatMap((title) => [`start ${title}`, `stop ${title}: trackFinished`]),
    )
    assert.deepEqual(stage.control.violations(), [])
    assert.equal(
      stage.heard.some(({ event }) => event.type === 'error'),
      false,
    )
    const statuses = stage.control.requests('GET').map(({ status }) => status)
    assert.equal(statuses.includes(206), way.lapsedRead === 'restored')
  })

  test(`next and previous work on a session that has lapsed, and it plays on in order ${named}`, async (t) => {
    const stage = await startStage(t, way)
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
    stage.control.lapseSessions()
    await stage.done(stage.engine.previous(stage.signal))
    await stage.pass(40 * 60_000, 5_000)
    const finished = stage.reported().filter((report) => report.endsWith('trackFinished'))
    assert.deepEqual(finished, tracks.map((title) => `stop ${title}: trackFinished`)) // prettier-ignore
    assert.deepEqual(stage.control.violations(), [])
  })
}

for (const restoreId of ['same', 'new'] as const) {
  test(`what the player was to go on to is exchanged when a read restored the session (${restoreId} id)`, async (t) => {
    const preloads: (string | undefined)[] = []
    const stage = await startStage(
      t,
      { lapsedRead: 'restored', restoreId, audioUrlLifetime: 20 },
      (clock) => async (onEvent, signal) => {
        const none = await createNonePlayer(clock)(onEvent, signal)
        const preload = none.preload.bind(none)
        return Object.assign(none, {
          preload(item: PlayerItem | undefined) {
            preloads.push(item?.stream?.url.reveal())
            return preload(item)
          },
        })
      },
    )
    await stage.play()
    await stage.quiet()
    const [, second = ''] = stage.tracksOf('album')
    const [before] = stage.state.upcoming
    assert.equal(before?.title, second)
    assert.equal(preloads.at(-1), before.stream?.url.reveal())
    stage.control.lapseSessions()
    await stage.pass(15_000)
    await stage.done(stage.engine.setRepeat('all', stage.signal))
    await stage.quiet()
    const [after] = stage.state.upcoming
    assert.equal(after?.title, second)
    assert.notEqual(after.referenceId, before.referenceId)
    assert.notEqual(after.stream?.url.reveal(), before.stream?.url.reveal())
    assert.equal(preloads.at(-1), after.stream?.url.reveal())
    assert.equal(
      stage.control.sessions().find(({ sessionId }) => sessionId === stage.state.sessionId)?.loop,
      true,
    )
    const requests = stage.control.requests()
    assert.equal(
      requests.some(({ status }) => status === 206),
      true,
    )
    assert.equal(
      requests.some(({ path }) => path.endsWith('/restore')),
      false,
    )
    await stage.pass(600_000, 5_000)
    assert.deepEqual(stage.startedIds().length, new Set(stage.startedIds()).size)
    assert.deepEqual(stage.control.violations(), [])
  })
}

test('a stream that breaks off while its session has lapsed goes on, and the rest of the album behind it', async (t) => {
  let breakOff: () => Promise<void> = () => Promise.reject(new Error('no player yet'))
  const stage = await startStage(
    t,
    { lapsedRead: 'restored', restoreId: 'new' },
    (clock) => async (onEvent, signal) => {
      const none = await createNonePlayer(clock)(onEvent, signal)
      const load = none.load.bind(none)
      return Object.assign(none, {
        load(item: PlayerItem, paused: boolean) {
          breakOff = async () => {
            await none.stop()
            onEvent({ type: 'failed', id: item.id, error: new AppError('player/network', 'it broke off') })
          }
          return load(item, paused)
        },
      })
    },
  )
  await stage.play()
  await stage.pass(10_000)
  const { sessionId } = stage.state
  stage.control.lapseSessions()
  await breakOff()
  await stage.pass(2_000)
  assert.equal(stage.state.phase, 'playing')
  assert.notEqual(stage.state.sessionId, sessionId)
  await stage.pass(40 * 60_000, 5_000)
  const tracks = stage.tracksOf('album')
  assert.deepEqual(
    stage.reported(),
    tracks.flatMap((title) => [`start ${title}`, `stop ${title}: trackFinished`]),
  )
  assert.equal(
    stage.control.requests().some(({ path }) => path.endsWith('/restore')),
    false,
  )
  assert.deepEqual(stage.control.violations(), [])
})

test('a track that begins while its session is restored does not come again', async (t) => {
  const stage = await startStage(t, { lapsedRead: 'restored' })
  await stage.play()
  await stage.quiet()
  stage.control.lapseSessions()
  const release = stage.line.hold('GET', 'next')
  // What was handed out with the first answer is played to its end, and the next answer is on its way all the time.
  await stage.pass(windowSize * 300_000, 5_000)
  const started = stage.startedIds()
  assert.equal(started.length, windowSize)
  release()
  await stage.pass(40 * 60_000, 5_000)
  assert.deepEqual(
    stage.reported().filter((report) => report.startsWith('start')),
    stage.tracksOf('album').map((title) => `start ${title}`),
  )
  assert.deepEqual(stage.control.violations(), [])
})

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
