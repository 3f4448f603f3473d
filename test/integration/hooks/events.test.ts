import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'

import { ManualClock } from '../../support/clocks/manual-clock.ts'
import { hookStage } from './hook-harness.ts'

test('each event is one line of JSON, in order, and no two runs overlap', async (t) => {
  const stage = hookStage(t)
  stage.write(
    'mkdir "$TRACES/running" || echo overlap >>"$TRACES/told"\ncat >>"$TRACES/told"\nrmdir "$TRACES/running"',
  )
  const events = Array.from({ length: 40 }, (_, index) => ({
    event_type: 'track_changed',
    title: `A\n"${index}"`,
  }))
  for (const event of events) stage.hooks.tell(event)
  await stage.until('all are told', () => stage.lines('told').length >= events.length)
  await stage.stop()
  assert.deepEqual(
    stage.lines('told').map((line) => JSON.parse(line) as unknown),
    events,
  )
  assert.deepEqual([stage.said('warn'), stage.said('error')], [[], []])
})

test('of a thousand events for a slow hook the latest sixty-four wait, and the log says so twice', async (t) => {
  const stage = hookStage(t)
  stage.write('cat >>"$TRACES/told"\nwhile [ ! -e "$TRACES/go" ]; do sleep 0.05; done')
  const tell = (from: number, to: number): void => {
    for (let at = from; at <= to; at++) stage.hooks.tell({ event_type: 'error', at })
  }
  tell(1, 1)
  await stage.until('the first run', () => stage.lines('told').length === 1)
  tell(2, 1000)
  writeFileSync(stage.path('go'), '')
  await stage.until('the hook catches up', () => stage.said('warn').includes('The hook has caught up'))
  assert.deepEqual(
    stage.lines('told').map((line) => (JSON.parse(line) as { at: number }).at),
    [1, ...Array.from({ length: 64 }, (_, index) => 937 + index)],
  )
  const warnings = stage.log.lines().filter(({ level }) => level === 'warn')
  assert.equal(warnings.length, 2)
  assert.equal(warnings[1]?.['dropped'], 935)
})

test('the hook gets the environment, the name of the event, and no setting of the agent', async (t) => {
  const env = {
    A2M_MQTT_PASSWORD: 'correct-horse',
    A2M_PLAYER: 'mpv',
    CREDENTIALS_DIRECTORY: '/run/secret',
    LANG: 'C',
  }
  const stage = hookStage(t, { envOf: () => env })
  stage.write('env >"$TRACES/new" && mv "$TRACES/new" "$TRACES/env"')
  stage.hooks.tell({ event_type: 'playback_started' })
  await stage.until('a run', () => stage.lines('env').length > 0)
  assert.deepEqual(
    stage.lines('env').filter((line) => /^(A2M_|CREDENTIALS|LANG)/.test(line)),
    stage.lines('env').filter((line) => ['A2M_EVENT=playback_started', 'LANG=C'].includes(line)),
  )
  assert.equal(stage.lines('env').includes('A2M_EVENT=playback_started'), true)
  assert.equal(stage.lines('env').includes('LANG=C'), true)
  assert.equal(stage.trace('env').includes('correct-horse'), false)
})

test('arguments are handed over as they are: no shell reads them', async (t) => {
  const words = ['$(touch "$TRACES/no")', 'front room', '; exit 1', '']
  const stage = hookStage(t, { commandLine: (program) => [program, ...words] })
  stage.write(`printf '<%s>\\n' "$@" >"$TRACES/new" && mv "$TRACES/new" "$TRACES/words"`)
  stage.hooks.tell({ event_type: 'error' })
  await stage.until('a run', () => stage.lines('words').length > 0)
  assert.deepEqual(
    stage.lines('words'),
    words.map((word) => `<${word}>`),
  )
})

test('a program that is missing is said once, and is used as soon as it is there', async (t) => {
  const stage = hookStage(t)
  for (let count = 0; count < 3; count++) stage.hooks.tell({ event_type: 'error' })
  await stage.until('it is said', () => stage.said('error').length > 0)
  stage.write('cat >>"$TRACES/told"')
  stage.hooks.tell({ event_type: 'login_denied' })
  await stage.until('it is there', () => stage.trace('told').includes('login_denied'))
  await stage.until('it is said', () => stage.said('info').length === 1)
  assert.equal(stage.said('error').length, 1)
  const [line] = stage.log.lines().filter(({ level }) => level === 'error')
  assert.equal(line?.['code'], 'hook/failed')
  assert.match(String(line['error']), /hook cannot be started \(ENOENT\)$/)

  rmSync(stage.program)
  stage.hooks.tell({ event_type: 'error' })
  stage.hooks.tell({ event_type: 'error' })
  await stage.until('it is said again', () => stage.said('error').length === 2)
  await stage.stop()
  assert.equal(stage.said('error').length, 2)
})

for (const [what, text, mode, code] of [
  ['may not be executed', '#!/bin/sh\n', 0o644, 'EACCES'],
  ['names an interpreter that is not there', '#!/no/such/sh\n', 0o755, 'ENOENT'],
] as const) {
  test(`a file that ${what} is said once`, async (t) => {
    // Time stands still: an agent that ends gives the hook all it needs.
    const stage = hookStage(t, { clock: new ManualClock() })
    writeFileSync(stage.program, text, { mode })
    for (let count = 0; count < 3; count++) stage.hooks.tell({ event_type: 'error' })
    await stage.stop()
    const lines = stage.log.lines().filter(({ level }) => level === 'error')
    assert.deepEqual(
      lines.map((line) => [line['code'], String(line['error']).includes(code)]),
      [['hook/failed', true]],
    )
  })
}

test('a program that fails is a warning with its exit code and its last words, and the next run comes', async (t) => {
  const stage = hookStage(t)
  stage.write('echo first >&2\necho "no bulb $A2M_EVENT" >&2\nexit 3')
  stage.hooks.tell({ event_type: 'queue_ended' })
  stage.hooks.tell({ event_type: 'skip_refused' })
  await stage.until('both have failed', () => stage.said('warn').length === 2)
  assert.deepEqual(
    stage.log
      .lines()
      .filter(({ level }) => level === 'warn')
      .map(({ exitCode, event, said }) => [exitCode, event, said]),
    [
      [3, 'queue_ended', 'no bulb queue_ended'],
      [3, 'skip_refused', 'no bulb skip_refused'],
    ],
  )
})

test('a program that never reads its input does no harm', async (t) => {
  const stage = hookStage(t)
  stage.write('echo run >>"$TRACES/told"')
  // More than a pipe holds.
  const said = 'x'.repeat(1_000_000)
  for (let count = 0; count < 10; count++) stage.hooks.tell({ event_type: 'error', said })
  await stage.until('all have run', () => stage.lines('told').length === 10)
  await stage.stop()
  assert.deepEqual([stage.said('warn'), stage.said('error')], [[], []])
})

test('fifty megabytes of output are read, and leave a few lines in the log', async (t) => {
  const stage = hookStage(t)
  stage.write(
    `head -c 25000000 /dev/zero | tr '\\0' x
head -c 25000000 /dev/zero | tr '\\0' y | sed 's/.\\{99\\}/&\\n/g' >&2
echo done >>"$TRACES/told"`,
  )
  stage.hooks.tell({ event_type: 'error' })
  stage.hooks.tell({ event_type: 'error' })
  await stage.until('both have run', () => stage.lines('told').length === 2)
  await stage.stop()
  assert.ok(stage.log.text().length < 50_000, `${stage.log.text().length} letters in the log`)
  assert.deepEqual([stage.said('warn'), stage.said('error')], [[], []])
})
