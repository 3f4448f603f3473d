import assert from 'node:assert/strict'
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import { createLoginPrompt } from '../../../src/login-display/login-prompt.ts'
import { logSink } from '../../support/log-sink.ts'
import { readQr, withoutQrReader } from '../../support/screen/qr-reader.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { darkGround, lightGround, terminalPicture } from '../../support/screen/terminal-picture.ts'
import { prompt } from '../../unit/login-display/prompt.ts'

const awaiting = { state: 'awaiting_user', ...prompt } as const

function shown(t: TestContext, login = awaiting): { folder: string; motd: string; issue: string } {
  const folder = tempFolder(t)
  createLoginPrompt({ runtimeDirectory: folder, device: 'kitchen', log: logSink().log }).show(login)
  const text = (name: string): string => readFileSync(join(folder, name), 'utf8')
  return { folder, motd: text('motd'), issue: text('issue') }
}

test('everybody may read both files in spite of the umask, and nothing else is left in the folder', (t) => {
  const umask = process.umask(0o077)
  t.after(() => process.umask(umask))
  const folder = tempFolder(t)
  for (const name of ['motd', 'issue', 'motd.new']) {
    writeFileSync(join(folder, name), 'of a killed agent')
    chmodSync(join(folder, name), 0o600)
  }
  createLoginPrompt({ runtimeDirectory: folder, device: 'kitchen', log: logSink().log }).show(awaiting)
  assert.deepEqual(readdirSync(folder).sort(), ['issue', 'motd'])
  for (const name of ['motd', 'issue']) {
    assert.equal(statSync(join(folder, name)).mode & 0o777, 0o644)
    assert.match(readFileSync(join(folder, name), 'utf8'), /BEYHYS/)
  }
})

test('both are gone when no code waits, when one must be asked for, and at the end', (t) => {
  const folder = tempFolder(t)
  const display = createLoginPrompt({ runtimeDirectory: folder, device: 'kitchen', log: logSink().log })
  for (const end of [
    () => display.show({ state: 'idle' }),
    () => display.show({ state: 'waiting_for_user_action' }),
    () => display.remove(),
    () => display.remove(),
  ]) {
    display.show(awaiting)
    assert.equal(readdirSync(folder).length, 2)
    end()
    assert.deepEqual(readdirSync(folder), [])
  }
})

test('words alone tell which device, where, what to enter and until when', (t) => {
  const { motd, issue } = shown(t)
  for (const text of [motd, issue]) {
    const words = text
      .split('\n')
      .filter((line) => !line.includes('\u001b'))
      .join('\n')
    assert.match(words, /^Sign kitchen in to Amazon Music/)
    assert.match(words, /\n {4}https:\/\/amazon\.com\/us\/code\n/)
    assert.match(words, /\n {4}BEYHYS\n/)
    assert.match(words, /valid until \d\d:\d\d \S+ by the clock/)
    assert.ok(text.endsWith(words), 'the words are last: they stay when the code scrolls off a low screen')
  }
})

test('the QR codes read as the exact URL', { skip: withoutQrReader }, async (t) => {
  const { motd, issue } = shown(t)
  for (const ground of [darkGround, lightGround]) {
    assert.equal(await readQr(t, terminalPicture(motd, ground, 80)), prompt.verificationUriComplete)
  }
  assert.equal(await readQr(t, terminalPicture(issue, darkGround, 80)), prompt.verificationUriComplete)
})

test('motd fits a console of 80 by 25 with the cursor below; issue holds only what console fonts have', (t) => {
  const { motd, issue } = shown(t)
  assert.ok(motd.split('\n').length <= 25, `motd.split('\\n').length <= 25`)
  for (const line of motd.replaceAll(/\u001b\[[0-9;]*m/g, '').split('\n')) assert.ok(line.length <= 80, line)
  assert.match(issue.replaceAll(/\u001b\[[0-9;]*m/g, ''), /^[\n\u0020-\u007e]*$/)
})

test('what could be an escape of agetty is shown as it is', (t) => {
  const { motd, issue } = shown(t, { ...awaiting, userCode: 'A\\nB' })
  assert.match(motd, / {4}A\\nB\n/)
  assert.match(issue, / {4}A\\\\nB\n/)
})

test('a link too wide for 80 columns is given in words, which then speak of no QR code', (t) => {
  const link = `https://amazon.com/us/code?${'x'.repeat(500)}`
  const { motd, issue } = shown(t, { ...awaiting, verificationUriComplete: link })
  for (const text of [motd, issue]) {
    assert.doesNotMatch(text, /\u001b|QR/)
    assert.ok(text.includes(link), text)
  }
})

test('of several folders the first is used, and without one nothing is kept', (t) => {
  const folder = tempFolder(t)
  const { log } = logSink()
  createLoginPrompt({ runtimeDirectory: `${folder}:/nowhere`, device: 'kitchen', log }).show(awaiting)
  assert.equal(existsSync(join(folder, 'motd')), true)
  for (const runtimeDirectory of [undefined, '']) {
    const sink = logSink()
    const display = createLoginPrompt({ runtimeDirectory, device: 'kitchen', log: sink.log })
    display.show(awaiting)
    display.remove()
    assert.equal(sink.lines().length, 0)
  }
})

test('a folder that is gone is logged once for each file, and nothing is thrown', (t) => {
  const sink = logSink()
  const runtimeDirectory = join(tempFolder(t), 'gone')
  const display = createLoginPrompt({ runtimeDirectory, device: 'kitchen', log: sink.log })
  display.show(awaiting)
  display.show({ ...awaiting, userCode: 'OTHER' })
  assert.equal(sink.lines().length, 2)
})
