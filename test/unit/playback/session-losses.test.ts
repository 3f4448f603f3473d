import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AppError } from '../../../src/lib/errors.ts'
import { Serial } from '../../../src/lib/async/serial.ts'
import type { NowPlaying } from '../../../src/playback/now-playing.ts'
import { idleState, type PlaybackState } from '../../../src/playback/playback-state.ts'
import type { PlayQueue } from '../../../src/playback/queue/play-queue.ts'
import { AutoAdvance } from '../../../src/playback/queue/auto-advance.ts'
import { logSink } from '../../support/log-sink.ts'
import { ManualClock } from '../../support/clocks/manual-clock.ts'

/** What is taken off when the news of `code` comes while another job has its turn, during which `meanwhile` happens. */
async function takenOff(
  code: 'music/max-concurrency' | 'account/signed-out',
  phase: PlaybackState['phase'],
  meanwhile: (playQueue: { session: { readonly id: string } }) => void = () => undefined,
): Promise<readonly unknown[]> {
  const drops: unknown[] = []
  const nowPlaying = {
    state: { ...idleState, phase },
    drop(...why: unknown[]) {
      drops.push(why)
      return Promise.resolve()
    },
  } as unknown as NowPlaying
  const playQueue = { session: { id: 'old' } }
  const serial = new Serial()
  const succession = new AutoAdvance({
    nowPlaying,
    playQueue: playQueue as unknown as PlayQueue,
    serial,
    clock: new ManualClock(),
    log: logSink().log,
  })
  let release = (): void => undefined
  const busy = serial.run(() => new Promise<void>((resolve) => (release = resolve)))
  // Its turn comes in a microtask.
  await Promise.resolve()
  succession.noteLoss(new AppError(code, 'lost'))
  meanwhile(playQueue)
  release()
  await busy
  await serial.run(() => Promise.resolve())
  return drops
}

test('a stream that is lost ends what plays', async () => {
  assert.deepEqual(await takenOff('music/max-concurrency', 'playing'), [['systemStop', 'stream_taken_over']])
  assert.deepEqual(await takenOff('account/signed-out', 'playing'), [['systemStop', undefined]])
})

test('the loss of a session does not end the one that took its place meanwhile', async () => {
  const anew = (playQueue: { session: { readonly id: string } }): void => {
    playQueue.session = { id: 'new' }
  }
  assert.deepEqual(await takenOff('music/max-concurrency', 'playing', anew), [])
  assert.deepEqual(await takenOff('account/signed-out', 'playing', anew), [])
})

test('what is paused has no stream to lose, and what is idle nothing at all; nobody signed in ends both', async () => {
  assert.deepEqual(await takenOff('music/max-concurrency', 'paused'), [])
  assert.deepEqual(await takenOff('music/max-concurrency', 'idle'), [])
  assert.deepEqual(await takenOff('account/signed-out', 'paused'), [['systemStop', undefined]])
})
