import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { test, type TestContext } from 'node:test'

import { Entry } from '../../../../../../src/playback/player/backends/mpv/entry.ts'
import { MpvEvents } from '../../../../../../src/playback/player/backends/mpv/mpv-events.ts'
import { MpvProblem } from '../../../../../../src/playback/player/backends/mpv/mpv-problem.ts'
import { Playlist } from '../../../../../../src/playback/player/backends/mpv/playlist.ts'
import { logSink } from '../../../../../support/log-sink.ts'
import { ManualClock } from '../../../../../support/clocks/manual-clock.ts'

interface Room {
  readonly clock: ManualClock
  readonly playlist: Playlist
  readonly mpv: MpvEvents
  /** What was told, in order. */
  readonly told: string[]
  /** Where mpv says that it is, in milliseconds. */
  readonly at: { positionMs: number | undefined }
  /** An entry that mpv knows by a number, after those that are there or in place of them. */
  readonly add: (mpvId: number, how?: 'append' | 'replace') => Entry
  /** What mpv says of an entry whose sound begins. */
  readonly sound: (mpvId: number) => void
}

function enter(t: TestContext): Room {
  const clock = new ManualClock()
  const playlist = new Playlist()
  const told: string[] = []
  const at: Room['at'] = { positionMs: 0 }
  const mpv = new MpvEvents({
    playlist,
    readPositionMs: () => Promise.resolve(at.positionMs),
    clock,
    log: logSink('silent').log,
    onEvent: (event) => told.push(event.type === 'gone' ? 'gone' : `${event.type} ${event.id}`),
    onOpen: ({ item }) => told.push(`(open ${item.id})`),
    onFailure: ({ item }, fileError) => told.push(`(failure ${item.id} '${fileError}')`),
  })
  const add: Room['add'] = (mpvId, how = 'append') => {
    const item = { id: `item ${mpvId}`, durationMs: 60_000, stream: undefined, positionMs: 0 }
    const entry = new Entry(item, { url: 'http://127.0.0.1/', headers: '' }, new MpvProblem(clock))
    entry.mpvId = mpvId
    if (how === 'replace') playlist.begin(entry)
    playlist.add(entry)
    return entry
  }
  const sound: Room['sound'] = (mpvId) => {
    mpv.hear({ type: 'start-file', entry: mpvId })
    mpv.hear({ type: 'file-loaded' })
    mpv.hear({ type: 'playback-restart' })
    mpv.hear({ type: 'property', name: 'core-idle', value: false })
  }
  t.after(async () => {
    mpv.close()
    await setImmediate()
    assert.equal(clock.sleeping, 0)
  })
  return { clock, playlist, mpv, told, at, add, sound }
}

test('it starts once mpv is ready, is not paused and no longer idles', async (t) => {
  const { mpv, told, add } = enter(t)
  const idles = (value: boolean): void => mpv.hear({ type: 'property', name: 'core-idle', value })
  add(1)
  mpv.hear({ type: 'start-file', entry: 1 })
  mpv.hear({ type: 'file-loaded' })
  idles(false)
  mpv.setPaused(true)
  mpv.hear({ type: 'playback-restart' })
  await setImmediate()
  mpv.tellStart()
  idles(true)
  mpv.setPaused(false)
  mpv.tellStart()
  assert.deepEqual(told, ['(open item 1)', 'position item 1'])
  idles(false)
  mpv.tellStart()
  assert.deepEqual(told.slice(2), ['started item 1'])
})

test('where it is, is asked while it sounds, and no more once it idles', async (t) => {
  const { clock, mpv, told, add, sound } = enter(t)
  add(1)
  sound(1)
  await clock.advance(2_000)
  const positions = told.filter((word) => word === 'position item 1').length
  assert.equal(positions, 3)
  mpv.hear({ type: 'property', name: 'core-idle', value: true })
  await clock.advance(5_000)
  assert.equal(told.filter((word) => word === 'position item 1').length, positions)
})

test('what mpv says of an entry before it tells its number waits for that', async (t) => {
  const { mpv, told, add, playlist } = enter(t)
  let entry: Entry | undefined
  await mpv.hold(async () => {
    mpv.hear({ type: 'start-file', entry: 7 })
    mpv.hear({ type: 'file-loaded' })
    await setImmediate()
    assert.deepEqual(told, [])
    entry = add(7)
  })
  assert.equal(playlist.current, entry)
  assert.deepEqual(told, ['(open item 7)'])
})

test('what waited is heard also when mpv refuses the entry', async (t) => {
  const { mpv, told, add } = enter(t)
  add(1, 'replace')
  await assert.rejects(
    mpv.hold(() => {
      mpv.hear({ type: 'start-file', entry: 1 })
      mpv.hear({ type: 'file-loaded' })
      return Promise.reject(new Error('refused'))
    }),
    /refused/,
  )
  assert.deepEqual(told, ['(open item 1)'])
})

test('what mpv still says of another item says nothing of the one that is about to be loaded', async (t) => {
  const { mpv, playlist, told, add, sound } = enter(t)
  add(1)
  sound(1)
  await setImmediate()
  told.splice(0)
  const loading = add(3, 'replace')
  loading.mpvId = undefined
  mpv.hear({ type: 'playback-restart' })
  add(2)
  sound(2)
  await setImmediate()
  assert.deepEqual([playlist.current, told], [loading, []])
  loading.mpvId = 3
  sound(3)
  await setImmediate()
  assert.deepEqual(told, ['(open item 3)', 'started item 3', 'position item 3'])
})

test('an end of the file at its end is its end, one in the middle a failure', async (t) => {
  const { mpv, told, at, add, sound } = enter(t)
  add(1)
  add(2)
  sound(1)
  at.positionMs = 59_500
  await mpv.askPosition()
  mpv.hear({ type: 'end-file', entry: 1, reason: 'eof', fileError: '' })
  at.positionMs = 30_000
  sound(2)
  await setImmediate()
  mpv.hear({ type: 'end-file', entry: 2, reason: 'eof', fileError: '' })
  assert.deepEqual(
    told.filter((word) => /ended|failure/.test(word)),
    ['ended item 1', "(failure item 2 '')"],
  )
})

test('an end in one breath with the answer to a seek to the end is its end', (t) => {
  for (const [seekingToMs, what] of [
    [60_000, 'ended item 1'],
    [30_000, "(failure item 1 '')"],
  ] as const) {
    const { mpv, told, add, sound } = enter(t)
    const entry = add(1)
    sound(1)
    entry.seekingToMs = seekingToMs
    mpv.hear({ type: 'end-file', entry: 1, reason: 'eof', fileError: '' })
    assert.equal(told.at(-1), what)
  }
})

test('after a failure mpv is not believed that it goes on, until all is taken off', (t) => {
  const { mpv, told, add, playlist } = enter(t)
  const failing = add(1)
  add(2)
  mpv.hear({ type: 'start-file', entry: 1 })
  mpv.hear({ type: 'end-file', entry: 1, reason: 'error', fileError: 'loading failed' })
  mpv.hear({ type: 'start-file', entry: 2 })
  mpv.hear({ type: 'file-loaded' })
  assert.deepEqual(told, ["(failure item 1 'loading failed')"])
  assert.equal(playlist.current, undefined)
  assert.equal(playlist.isFailing(failing), true)
  add(3, 'replace')
  assert.equal(playlist.isFailing(failing), false)
})

test('a late word of what was replaced says nothing', (t) => {
  const { mpv, told, add, playlist } = enter(t)
  add(1, 'replace')
  const entry = add(2, 'replace')
  mpv.hear({ type: 'end-file', entry: 1, reason: 'eof', fileError: '' })
  mpv.hear({ type: 'start-file', entry: 1 })
  assert.deepEqual(told, [])
  assert.equal(playlist.current, entry)
})

test('closed, it tells nothing more', (t) => {
  const { mpv, told, add, sound } = enter(t)
  add(1)
  mpv.close()
  sound(1)
  assert.deepEqual(
    told.filter((word) => !word.startsWith('(')),
    [],
  )
})

test('a length that cannot be one does not decide whether an item came to its end', (t) => {
  const { mpv, add, sound } = enter(t)
  const entry = add(1)
  sound(1)
  for (const [given, heardMs] of [
    [-5, undefined],
    [null, undefined],
    [1e300, undefined],
    [60.5, 60_500],
    [-1, 60_500],
  ] as const) {
    mpv.hear({ type: 'property', name: 'duration', value: given })
    assert.equal(entry.fileDurationMs, heardMs)
  }
})
