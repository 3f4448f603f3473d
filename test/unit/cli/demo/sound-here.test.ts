import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { isSoundHere } from '../../../../src/cli/demo/sound-here.ts'
import { tempFolder } from '../../../support/temp-folder.ts'

test('a card that plays is sound; one that only records, or none, is not', (t) => {
  const streams = join(tempFolder(t), 'pcm')
  assert.equal(isSoundHere({}, streams), false)
  writeFileSync(streams, '')
  assert.equal(isSoundHere({}, streams), false)
  writeFileSync(streams, '01-00: USB Audio : USB Audio : capture 1\n')
  assert.equal(isSoundHere({}, streams), false)
  writeFileSync(streams, '00-00: bcm2835 HDMI 1 : bcm2835 HDMI 1 : playback 8\n')
  assert.equal(isSoundHere({}, streams), true)
})

test("a sound server of the user's is sound without a card", (t) => {
  const folder = tempFolder(t)
  const streams = join(folder, 'pcm')
  assert.equal(isSoundHere({ XDG_RUNTIME_DIR: folder }, streams), false)
  mkdirSync(join(folder, 'pulse'))
  writeFileSync(join(folder, 'pulse/native'), '')
  assert.equal(isSoundHere({ XDG_RUNTIME_DIR: folder }, streams), true)
  assert.equal(isSoundHere({ PULSE_SERVER: 'tcp:127.0.0.1' }, streams), true)
})
