import assert from 'node:assert/strict'
import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import { deviceId } from '../../../src/app/device/device-id.ts'
import { logSink } from '../../support/log-sink.ts'
import { noMount, smallDisk } from '../../support/small-disk.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { openTokens, tokens } from './token-file.ts'

const current = 'tokens.json'
const previous = 'tokens.previous.json'

/** What a power cut can make of a file that its card said was written. */
const losses: Readonly<Record<string, (path: string) => void>> = {
  emptied: (path) => truncateSync(path),
  'filled with zeros': (path) => writeFileSync(path, '\0'.repeat(statSync(path).size)),
  'cut off': (path) => truncateSync(path, statSync(path).size - 2),
  lost: (path) => rmSync(path),
}

for (const [words, lose] of Object.entries(losses)) {
  test(`a value that was saved once outlives that either of its files is ${words}, again and again`, (t) => {
    const folder = tempFolder(t)
    openTokens(folder, logSink().log).save(tokens(1))
    for (const file of [current, current, previous, current, previous]) {
      lose(join(folder, file))
      assert.deepEqual(openTokens(folder, logSink().log).value, tokens(1), `${file} ${words}`)
    }
    const whole = readdirSync(folder).filter((name) => !name.includes('corrupt'))
    assert.deepEqual(whole.sort(), [current, previous])
    for (const name of whole) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600)
  })
}

test('the device id outlives a device.json that a power cut emptied', (t) => {
  const folder = tempFolder(t)
  const made = deviceId(folder, logSink().log)
  truncateSync(join(folder, 'device.json'))
  const sink = logSink()
  assert.equal(deviceId(folder, sink.log), made)
  assert.match(sink.text(), /state\/corrupt/)
  truncateSync(join(folder, 'device.json'))
  assert.equal(deviceId(folder, logSink().log), made)
})

test('a file of an earlier version, which kept no copy of what was saved once, gets one when it is opened', (t) => {
  const folder = tempFolder(t)
  writeFileSync(join(folder, 'device.json'), '{"deviceId":"0123456789abcdef"}')
  assert.equal(deviceId(folder, logSink().log), '0123456789abcdef')
  assert.equal(
    readFileSync(join(folder, 'device.previous.json'), 'utf8'),
    readFileSync(join(folder, 'device.json'), 'utf8'),
  )
})

function corruptThatStays(t: TestContext): { folder: string; mend: () => void } {
  const disk = smallDisk(t)
  const folder = join(disk.folder, 'state')
  const first = openTokens(folder, logSink().log)
  first.save(tokens(1))
  first.save(tokens(2))
  writeFileSync(join(folder, current), '{"n":3,"te')
  disk.readOnly(true)
  return { folder, mend: () => disk.readOnly(false) }
}

test(
  'where a corrupt file cannot be set aside, a later save does not take it for the previous copy',
  { skip: noMount },
  (t) => {
    const { folder, mend } = corruptThatStays(t)
    const sink = logSink()
    const file = openTokens(folder, sink.log)
    assert.deepEqual(file.value, tokens(1))
    assert.equal(sink.lines()[0]?.['setAside'], null)
    mend()
    file.save(tokens(4))
    assert.deepEqual(openTokens(folder, logSink().log).value, tokens(4))
    truncateSync(join(folder, current))
    assert.deepEqual(openTokens(folder, logSink().log).value, tokens(1), 'the copy is a good one')
  },
)

test('and clearing it leaves nothing', { skip: noMount }, (t) => {
  const { folder, mend } = corruptThatStays(t)
  const file = openTokens(folder, logSink().log)
  mend()
  file.clear()
  assert.deepEqual(readdirSync(folder), [])
  file.save(tokens(5))
  assert.deepEqual(openTokens(folder, logSink().log).value, tokens(5))
})

test('after two bad copies the first save makes two good ones', (t) => {
  const folder = tempFolder(t)
  for (const name of [current, previous]) writeFileSync(join(folder, name), 'x')
  openTokens(folder, logSink().log).save(tokens(1))
  truncateSync(join(folder, current))
  assert.deepEqual(openTokens(folder, logSink().log).value, tokens(1))
})

test('a save for whose copy there is no room is a save', { skip: noMount }, (t) => {
  const disk = smallDisk(t)
  const folder = join(disk.folder, 'state')
  const file = openTokens(folder, logSink().log)
  disk.fill()
  assert.throws(() => file.save(tokens(1)), { code: 'state/unwritable' })
  disk.makeRoom()
  file.save(tokens(1))
  assert.deepEqual(readdirSync(folder).sort(), [current, previous])
})
