import assert from 'node:assert/strict'
import { test } from 'node:test'

import { startStage } from './engine-harness.ts'

for (const nextPolicy of ['peek', 'advance'] as const) {
  for (const endOfQueue of ['empty', '404'] as const) {
    for (const createShape of ['playback', 'entities'] as const) {
      const where = `${nextPolicy}, end as ${endOfQueue}, create as ${createShape}`
      test(`an album plays from its first track to its last, once each (${where})`, async (t) => {
        const stage = await startStage(t, { nextPolicy, endOfQueue, createShape })
        await stage.play()
        await stage.pass(30 * 60_000)
        const tracks = stage.tracksOf('album')
        assert.deepEqual(
          stage.reported(),
          tracks.flatMap((title) => [`start ${title}`, `stop ${title}: trackFinished`]),
        )
        assert.deepEqual(stage.events(), [
          'track_changed',
          'playback_started',
          ...tracks.slice(1).map(() => 'track_changed'),
          'queue_ended',
          'playback_stopped',
        ])
        assert.equal(stage.state.phase, 'idle')
        assert.deepEqual(stage.control.violations(), [])
      })
    }
  }
}
