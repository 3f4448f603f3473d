import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  watch,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

import { AppError } from '../../../src/lib/errors.ts'
import { checkWritable } from '../../../src/lib/storage/stored-file.ts'
import { logSink } from '../../support/log-sink.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { openTokens, tokens } from './token-file.ts'

const modeOf = (path: string): number => statSync(path).mode & 0o777

function unwritable(error: unknown): boolean {
  assert.ok(error instanceof AppError, 'error instanceof AppError')
  assert.equal(error.code, 'state/unwritable')
  return true
}

test('what is saved is there in the next life, and nothing is there before', (t) => {
  const folder = join(tempFolder(t), 'new', 'state')
  const sink = logSink()
  const file = openTokens(folder, sink.log)
  assert.equal(file.value, undefined)
  file.save(tokens(1))
  file.save(tokens(2))
  assert.deepEqual(file.value, tokens(2))
  assert.deepEqual(openTokens(folder, sink.log).value, tokens(2))
  assert.equal(sink.text(), '')
})

test('folder and files are closed to others even under an open umask', (t) => {
  const folder = join(tempFolder(t), 'state')
  const umask = process.umask(0)
  t.after(() => process.umask(umask))
  const file = openTokens(folder, logSink().log)
  assert.equal(modeOf(folder), 0o700)
  file.save(tokens(1))
  file.save(tokens(2))
  assert.deepEqual(readdirSync(folder).sort(), ['tokens.json', 'tokens.previous.json'])
  for (const name of readdirSync(folder)) assert.equal(modeOf(join(folder, name)), 0o600, name)
})

test('no watcher ever sees a file that is open to others', async (t) => {
  const folder = join(tempFolder(t), 'state')
  const umask = process.umask(0)
  t.after(() => process.umask(umask))
  const file = openTokens(folder, logSink().log)
  // Sees what it is quick enough for; stored-file-kill.test.ts stops the process at each step and looks.
  const seen = new Set<number>()
  const watcher = watch(folder, () => {
    for (const name of readdirSync(folder)) {
      try {
        seen.add(modeOf(join(folder, name)))
      } catch {
        // Gone again.
      }
    }
  })
  for (let n = 1; n <= 5; n++) {
    file.save(tokens(n))
    await new Promise((resolve) => setImmediate(resolve))
  }
  watcher.close()
  for (const mode of seen) assert.equal(mode, 0o600)
})

test('a folder and files that are wider are tightened when they are opened', (t) => {
  const folder = join(tempFolder(t), 'state')
  mkdirSync(folder, { mode: 0o755 })
  const sink = logSink()
  const file = openTokens(folder, sink.log)
  file.save(tokens(1))
  file.save(tokens(2))
  chmodSync(folder, 0o755)
  for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o644)
  assert.deepEqual(openTokens(folder, sink.log).value, tokens(2))
  assert.equal(modeOf(folder), 0o700)
  for (const name of readdirSync(folder)) assert.equal(modeOf(join(folder, name)), 0o600, name)
})

test('the copy before the last is kept', (t) => {
  const folder = tempFolder(t)
  const file = openTokens(folder, logSink().log)
  for (let n = 1; n <= 3; n++) file.save(tokens(n))
  const previous = JSON.parse(readFileSync(join(folder, 'tokens.previous.json'), 'utf8')) as { n: number }
  assert.equal(previous.n, 2)
})

for (const [words, bytes] of [
  ['cut off', '{"n":3,"text":"tok'],
  ['empty', ''],
  ['full of zeros', '\0'.repeat(200)],
  ['of another shape', '{"hello":"world"}'],
  ['a list', '[1,2]'],
  ['a mixture', '{"n":3,"text":"token 2"}'],
] as const) {
  test(`a file that is ${words} is set aside and reported, and the previous copy is used`, (t) => {
    const folder = tempFolder(t)
    const first = openTokens(folder, logSink().log)
    first.save(tokens(1))
    first.save(tokens(2))
    writeFileSync(join(folder, 'tokens.json'), bytes)
    const sink = logSink()
    const file = openTokens(folder, sink.log)
    assert.deepEqual(file.value, tokens(1))
    assert.equal(readFileSync(join(folder, 'tokens.corrupt-1.json'), 'utf8'), bytes)
    assert.equal(modeOf(join(folder, 'tokens.corrupt-1.json')), 0o600)
    const [line, ...more] = sink.lines()
    assert.equal(more.length, 0)
    assert.equal(line?.['code'], 'state/corrupt')
    assert.equal(line['previousCopyUsed'], true)
    assert.doesNotMatch(sink.text(), /token \d|hello/)
    file.save(tokens(5))
    assert.deepEqual(openTokens(folder, logSink().log).value, tokens(5))
  })
}

test('two bad copies are reported and leave nothing, and saving works again', (t) => {
  const folder = tempFolder(t)
  writeFileSync(join(folder, 'tokens.json'), 'x')
  writeFileSync(join(folder, 'tokens.previous.json'), 'y')
  const sink = logSink()
  const file = openTokens(folder, sink.log)
  assert.equal(file.value, undefined)
  assert.equal(sink.lines().length, 1)
  assert.equal(sink.lines()[0]?.['previousCopyUsed'], false)
  file.save(tokens(1))
  assert.deepEqual(openTokens(folder, logSink().log).value, tokens(1))
})

test('files set aside are not overwritten by the next one', (t) => {
  const folder = tempFolder(t)
  for (const bytes of ['first', 'second']) {
    writeFileSync(join(folder, 'tokens.json'), bytes)
    openTokens(folder, logSink().log)
  }
  assert.equal(readFileSync(join(folder, 'tokens.corrupt-1.json'), 'utf8'), 'first')
  assert.equal(readFileSync(join(folder, 'tokens.corrupt-2.json'), 'utf8'), 'second')
})

test('leftovers of a killed save are removed, and other files are left alone', (t) => {
  const folder = tempFolder(t)
  const leftovers = ['tokens.json.tmp-1234567890abcdef', 'tokens.previous.json.new']
  const others = ['device.json', 'tokens.corrupt-1.json', 'other.json.tmp-1234567890abcdef']
  for (const name of [...leftovers, ...others]) writeFileSync(join(folder, name), '{}')
  openTokens(folder, logSink().log)
  assert.deepEqual(readdirSync(folder).sort(), others.sort())
})

test('clearing removes the value, the copy before it and what was set aside, for good', (t) => {
  const folder = tempFolder(t)
  writeFileSync(join(folder, 'tokens.json'), '{"refresh_token":"torn of')
  const file = openTokens(folder, logSink().log)
  file.save(tokens(1))
  file.save(tokens(2))
  file.clear()
  assert.equal(file.value, undefined)
  assert.deepEqual(readdirSync(folder), [])
  assert.equal(openTokens(folder, logSink().log).value, undefined)
  file.clear()
  file.save(tokens(3))
  assert.deepEqual(openTokens(folder, logSink().log).value, tokens(3))
})

test('a folder that vanished is made again by the next save', (t) => {
  const folder = join(tempFolder(t), 'state')
  const file = openTokens(folder, logSink().log)
  file.save(tokens(1))
  rmSync(folder, { recursive: true })
  file.save(tokens(2))
  assert.deepEqual(openTokens(folder, logSink().log).value, tokens(2))
})

test('a folder that cannot be is opened as empty, and refuses to save in words', (t) => {
  const blocked = join(tempFolder(t), 'file')
  writeFileSync(blocked, '')
  const folder = join(blocked, 'state')
  const file = openTokens(folder, logSink().log)
  assert.equal(file.value, undefined)
  assert.throws(() => file.save(tokens(1)), unwritable)
  assert.equal(file.value, undefined)
  assert.throws(() => file.clear(), unwritable)
  assert.throws(() => checkWritable(folder), unwritable)
  assert.throws(() => checkWritable('/proc/a2m'), unwritable)
})

test('a folder that can be written passes the check and stays as it was', (t) => {
  const folder = join(tempFolder(t), 'state')
  checkWritable(folder)
  assert.deepEqual(readdirSync(folder), [])
})

/** Saves token 2 over token 1 in a process that may write files of so many kilobytes only: like a full disk. */
async function saveWithLimit(folder: string, kilobytes: number): Promise<string> {
  const script = join(import.meta.dirname, 'save-large.ts')
  const command = `ulimit -f ${kilobytes} && exec "$0" --import tsx "$1" "$2"`
  const { stdout } = await promisify(execFile)('bash', ['-c', command, process.execPath, script, folder], {
    // tsx, and Node from 22 on, keep what they have compiled in files, which the limit would cut off.
    env: { ...process.env, TSX_DISABLE_CACHE: '1', NODE_DISABLE_COMPILE_CACHE: '1' },
  })
  return stdout
}

for (const kilobytes of [0, 1]) {
  test(`a disk with room for ${kilobytes} kB is told as unwritable, and the value before stays whole`, async (t) => {
    const folder = tempFolder(t)
    openTokens(folder, logSink().log).save(tokens(1))
    assert.equal(await saveWithLimit(folder, kilobytes), 'state/unwritable state/unwritable 1')
    const sink = logSink()
    assert.deepEqual(openTokens(folder, sink.log).value, tokens(1))
    assert.equal(sink.text(), '')
    for (const name of readdirSync(folder)) assert.equal(modeOf(join(folder, name)), 0o600, name)
  })
}
