import assert from 'node:assert/strict'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test, type TestContext } from 'node:test'

import { encodeEvent } from '../../../src/bridge/state/event-codec.ts'
import { ManualClock } from '../../support/clocks/manual-clock.ts'
import { hookStage, type HookStage, type StageOptions } from './hook-harness.ts'

const page = readFileSync(resolve(import.meta.dirname, '../../../docs/hooks.md'), 'utf8')
const examples = [...page.matchAll(/^```sh\n(#!\/bin\/sh\n.*?)^```$/gms)].map(([, script = '']) => script)

const events = [
  encodeEvent('login_required', 0, { user_code: 'BEYHYS', attempt: 1 }),
  encodeEvent('playback_started', 0, { media_title: 'He said "no"' }),
  encodeEvent('track_changed', 0, {}),
]

/** What the nth example makes of the events; it is as it stands on the page. */
async function play(
  t: TestContext,
  example: number,
  envOf: StageOptions['envOf'],
  told = events,
): Promise<HookStage> {
  const stage = hookStage(t, { clock: new ManualClock(), ...(envOf === undefined ? {} : { envOf }) })
  writeFileSync(stage.program, examples[example] ?? '')
  chmodSync(stage.program, 0o755)
  for (const event of told) stage.hooks.tell(event)
  await stage.stop()
  assert.deepEqual([stage.said('warn'), stage.said('error')], [[], []])
  return stage
}

test('the page has three examples', () => {
  assert.equal(examples.length, 3)
})

test('every event as a line in a file', async (t) => {
  const stage = await play(t, 0, (folder) => ({ HOME: folder }))
  assert.deepEqual(
    stage.lines('music-events.jsonl').map((line) => JSON.parse(line) as unknown),
    events,
  )
})

test('an amplifier that is on while music plays', async (t) => {
  const amplifier = (folder: string): Record<string, string> => ({ AMPLIFIER: join(folder, 'amplifier') })
  assert.equal((await play(t, 1, amplifier)).trace('amplifier'), '1\n')
  const more = [...events, encodeEvent('playback_stopped', 0, {})]
  assert.equal((await play(t, 1, amplifier, more)).trace('amplifier'), '0\n')
})

test('the code of the sign-in for a small display', async (t) => {
  const stage = await play(t, 2, (folder) => ({ DISPLAY_FILE: join(folder, 'display') }))
  assert.equal(stage.trace('display'), 'Enter BEYHYS on your phone\n')
})
