import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { createLoginFile, readLoginFile } from '../../../src/login-display/login-file.ts'
import { logSink } from '../../support/log-sink.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { prompt } from '../../unit/login-display/prompt.ts'

const awaiting = { state: 'awaiting_user', ...prompt } as const

test('the file holds the contract’s JSON, mode 0600, and nothing else is left in the folder', (t) => {
  const folder = tempFolder(t)
  createLoginFile(folder, logSink().log).show(awaiting)
  assert.deepEqual(readdirSync(folder), ['login.json'])
  assert.equal(statSync(join(folder, 'login.json')).mode & 0o777, 0o600)
  const json = JSON.parse(readFileSync(join(folder, 'login.json'), 'utf8')) as Record<string, unknown>
  assert.equal(json['user_code'], 'BEYHYS')
  assert.deepEqual(readLoginFile(folder), awaiting)
})

test('the mode is 0600 under an open umask and over a leftover that was wider', (t) => {
  const folder = tempFolder(t)
  const umask = process.umask(0)
  t.after(() => process.umask(umask))
  writeFileSync(join(folder, 'login.json.new'), 'half a wri', { mode: 0o666 })
  writeFileSync(join(folder, 'login.json'), 'old', { mode: 0o666 })
  createLoginFile(folder, logSink().log).show(awaiting)
  assert.equal(statSync(join(folder, 'login.json')).mode & 0o777, 0o600)
  assert.deepEqual(readLoginFile(folder), awaiting)
})

test('when no code waits the file says so, and at the end it is gone', (t) => {
  const folder = tempFolder(t)
  const file = createLoginFile(folder, logSink().log)
  file.show(awaiting)
  file.show({ state: 'idle' })
  assert.deepEqual(readLoginFile(folder), { state: 'idle' })
  file.remove()
  assert.equal(existsSync(join(folder, 'login.json')), false)
  file.remove()
})

test('a write that fails is logged once until one succeeds, and never thrown', (t) => {
  const folder = join(tempFolder(t), 'state')
  writeFileSync(folder, 'a file where the folder should be')
  const sink = logSink()
  const file = createLoginFile(join(folder, 'below'), sink.log)
  file.show(awaiting)
  file.show({ state: 'idle' })
  file.remove()
  assert.equal(sink.lines().length, 1)
  assert.equal(sink.lines()[0]?.['level'], 'warn')
})

test('a file that is missing, cut off or something else reads as nothing', (t) => {
  const folder = tempFolder(t)
  const path = join(folder, 'login.json')
  assert.equal(readLoginFile(folder), undefined)
  for (const text of ['', '{"state":"awa', '[]', '{"state":"awaiting_user"}', '\u0000\u0000']) {
    writeFileSync(path, text)
    assert.equal(readLoginFile(folder), undefined)
  }
  assert.equal(readLoginFile(join(folder, 'nowhere')), undefined)
})

test('a folder in the place of the file is a failed write like any other', (t) => {
  const folder = tempFolder(t)
  mkdirSync(join(folder, 'login.json'))
  const sink = logSink()
  createLoginFile(folder, sink.log).show(awaiting)
  assert.equal(sink.lines().length, 1)
})
