import assert from 'node:assert/strict'
import { test } from 'node:test'

import { withoutMpvVariables } from '../../../../src/app/playback/choose-player.ts'

test('mpv gets no variable that makes it log what it sends, or brings options of somebody else', () => {
  assert.deepEqual(
    withoutMpvVariables({
      PATH: '/usr/bin',
      MPV_VERBOSE: '2',
      MPV_HOME: '/tmp',
      HTTPS_PROXY: 'http://proxy',
    }),
    { PATH: '/usr/bin', HTTPS_PROXY: 'http://proxy' },
  )
})
