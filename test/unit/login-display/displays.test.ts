import assert from 'node:assert/strict'
import { test } from 'node:test'

import { createLogDisplay } from '../../../src/login-display/log-display.ts'
import { showOnAll } from '../../../src/login-display/display.ts'
import type { LoginState } from '../../../src/account/account-state.ts'
import { blocksFor, createTerminalDisplay } from '../../../src/login-display/terminal-display.ts'
import { logSink } from '../../support/log-sink.ts'
import { ManualClock } from '../../support/clocks/manual-clock.ts'
import { prompt } from './prompt.ts'

const awaiting: LoginState = { state: 'awaiting_user', ...prompt }

function shownOn(terminal: { isTTY?: boolean; columns?: number }): string {
  let text = ''
  const clock = new ManualClock(Date.UTC(2026, 10, 22, 12))
  const display = createTerminalDisplay({
    terminal: { ...terminal, write: (part) => (text += part) },
    blocks: 'half',
    clock,
  })
  display.show(awaiting)
  return text
}

test('the QR code is shown in a terminal that is just wide enough, with URL and code below', () => {
  const text = shownOn({ isTTY: true, columns: 37 })
  assert.match(text, /▄/)
  assert.match(text, /https:\/\/amazon\.com\/us\/code\n/)
  assert.match(text, /BEYHYS\n/)
  assert.match(text, /valid for 10 minutes/)
})

test('a terminal one column too narrow, a pipe and a terminal of unknown width get words only', () => {
  for (const terminal of [{ isTTY: true, columns: 36 }, {}, { columns: 200 }, { isTTY: true }]) {
    const text = shownOn(terminal)
    assert.doesNotMatch(text, /[▀▄█]|\u001b|QR/)
    assert.match(text, /BEYHYS\n/)
  }
})

test('nothing is printed when no code waits any more, and words when one must be asked for', () => {
  let text = ''
  const display = createTerminalDisplay({
    terminal: { isTTY: true, columns: 100, write: (part) => (text += part) },
    blocks: 'half',
    clock: new ManualClock(),
  })
  display.show({ state: 'idle' })
  assert.equal(text, '')
  display.show({ state: 'waiting_for_user_action' })
  assert.match(text, /amazonmusic2mqtt login/)
})

test('a page the service names is shown with what was said about it', () => {
  let text = ''
  const display = createTerminalDisplay({
    terminal: { isTTY: true, columns: 100, write: (part) => (text += part) },
    blocks: 'half',
    clock: new ManualClock(),
  })
  display.showPage({ url: 'https://www.amazon.com/music/unlimited', reason: 'No subscription.' })
  assert.match(text, /▄/)
  assert.match(text, /No subscription\./)
  assert.match(text, /https:\/\/www\.amazon\.com\/music\/unlimited\n/)
})

test('a link too long for any QR code is still shown in words', () => {
  let text = ''
  const display = createTerminalDisplay({
    terminal: { isTTY: true, columns: 10_000, write: (part) => (text += part) },
    blocks: 'half',
    clock: new ManualClock(),
  })
  display.showPage({ url: `https://amazon.com/${'x'.repeat(4000)}`, reason: 'Long.' })
  assert.doesNotMatch(text, /[▀▄█]|QR/)
  assert.match(text, /x{4000}/)
})

test('the log gets one line with URL and code for a code, and none when it is done with', () => {
  const sink = logSink()
  const display = createLogDisplay(sink.log, new ManualClock(Date.UTC(2026, 10, 22, 12)))
  display.show(awaiting)
  display.show({ state: 'idle' })
  const [line, ...more] = sink.lines()
  assert.equal(more.length, 0)
  assert.equal(line?.['url'], 'https://amazon.com/us/code')
  assert.equal(line['user_code'], 'BEYHYS')
  assert.equal(line['url_with_code'], 'https://amazon.com/us/code?cbl-code=BEYHYS')
})

test('a state told twice is shown once', () => {
  const shown: LoginState[] = []
  const all = showOnAll([{ show: (login) => shown.push(login) }])
  for (const state of [awaiting, { ...awaiting }, { state: 'idle' } as const, awaiting]) all.show(state)
  assert.deepEqual(
    shown.map(({ state }) => state),
    ['awaiting_user', 'idle', 'awaiting_user'],
  )
})

test('half blocks are used only where the terminal can draw them', () => {
  for (const [env, blocks] of [
    [{ TERM: 'xterm-256color', LANG: 'en_US.UTF-8' }, 'half'],
    [{ TERM: 'xterm', LC_ALL: 'C.utf8', LANG: 'C' }, 'half'],
    [{ TERM: 'linux', LANG: 'en_US.UTF-8' }, 'full'],
    [{ TERM: 'xterm', LC_ALL: 'C', LANG: 'en_US.UTF-8' }, 'full'],
    [{}, 'full'],
  ] as const) {
    assert.equal(blocksFor(env), blocks, JSON.stringify(env))
  }
})
