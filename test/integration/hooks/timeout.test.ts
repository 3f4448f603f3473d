import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { test, type TestContext } from 'node:test'

import { ManualClock } from '../../support/clocks/manual-clock.ts'
import { hookStage, runs, timeoutMs, type HookStage } from './hook-harness.ts'

const graceMs = 2_000
const farewellMs = 2_000

interface TimedStage extends HookStage {
  readonly clock: ManualClock
  /** Resolves once something waits for just that long, and lets the time pass. */
  pass(ms: number): Promise<void>
}

function timedStage(t: TestContext): TimedStage {
  const clock = new ManualClock()
  const stage = hookStage(t, { clock })
  return {
    ...stage,
    clock,
    async pass(ms) {
      await stage.until(`a wait of ${ms} ms`, () => clock.sleeps.includes(ms))
      await clock.advance(ms)
    },
  }
}

/** Begins, names itself and waits for ever, whatever SIGTERM says; what it started does so too. */
const stubborn = `trap '' TERM
sleep 1000 &
echo "$$ $!" >"$TRACES/new" && mv "$TRACES/new" "$TRACES/pids"
wait
sleep 1000`

async function pidsOf(stage: HookStage): Promise<readonly number[]> {
  await stage.until('it runs', () => stage.trace('pids') !== '')
  const pids = stage.trace('pids').trim().split(' ').map(Number)
  assert.deepEqual(pids.map(runs), [true, true])
  return pids
}

test('a hook that takes too long is ended, and so is what it started; the next event is told', async (t) => {
  const stage = timedStage(t)
  stage.write(`read -r event\n[ "$A2M_EVENT" = error ] || exec echo "$event" >>"$TRACES/told"\n${stubborn}`)
  stage.hooks.tell({ event_type: 'error' })
  stage.hooks.tell({ event_type: 'queue_ended' })
  const pids = await pidsOf(stage)
  await stage.pass(timeoutMs)
  await stage.until('it is asked to end', () => stage.clock.sleeps.includes(graceMs))
  assert.deepEqual(pids.map(runs), [true, true], 'SIGTERM does not end this one')
  await stage.pass(graceMs)
  await stage.until('both have ended', () => !pids.some(runs))
  await stage.until('the next is told', () => stage.trace('told').includes('queue_ended'))
  assert.deepEqual(stage.said('warn'), ['The hook took too long and was ended'])
  await stage.stop()
  assert.equal(stage.clock.sleeping, 0)
})

test('a hook that heeds SIGTERM may tidy up', async (t) => {
  const stage = timedStage(t)
  stage.write(
    `trap 'echo bye >>"$TRACES/told"; exit 0' TERM\necho begun >>"$TRACES/told"\nwhile :; do sleep 0.05; done`,
  )
  stage.hooks.tell({ event_type: 'error' })
  await stage.until('it runs', () => stage.lines('told').length === 1)
  await stage.pass(timeoutMs)
  await stage.until('it is over', () => stage.said('warn').length === 1)
  assert.deepEqual(stage.lines('told'), ['begun', 'bye'])
  assert.equal(stage.clock.sleeping, 0)
})

test('what leaves its group and keeps its output open holds up nothing', async (t) => {
  const stage = timedStage(t)
  stage.write(
    `setsid sh -c 'echo $$ >"$TRACES/new"; mv "$TRACES/new" "$TRACES/escaped"; exec sleep 1000' &
while [ ! -e "$TRACES/escaped" ]; do sleep 0.05; done`,
  )
  stage.hooks.tell({ event_type: 'error' })
  await stage.until('it has escaped', () => stage.trace('escaped') !== '')
  const escaped = Number(stage.trace('escaped'))
  t.after(() => process.kill(escaped, 'SIGKILL'))
  await stage.pass(timeoutMs)
  await stage.pass(graceMs)
  await stage.until('the run is over', () => stage.said('warn').length === 1)
  assert.equal(runs(escaped), true)
})

test('the agent ends while the hook hangs: two seconds, SIGTERM, two more, and what waits is not told', async (t) => {
  const stage = timedStage(t)
  stage.write(stubborn)
  for (const event_type of ['error', 'queue_ended', 'track_changed']) stage.hooks.tell({ event_type })
  const pids = await pidsOf(stage)
  const stopped = stage.stop()
  await stage.pass(farewellMs)
  await stage.pass(graceMs)
  await stopped
  await stage.until('both have ended', () => !pids.some(runs))
  const untold = stage.log.lines().find(({ msg }) => String(msg).includes('before the hook was told'))
  assert.equal(untold?.['untold'], 2)
  assert.equal(stage.clock.sleeping, 0)
})

test('the last events of an agent that ends are told', async (t) => {
  const stage = timedStage(t)
  stage.write('cat >>"$TRACES/told"\nwhile [ ! -e "$TRACES/go" ]; do sleep 0.05; done')
  for (const event_type of ['track_changed', 'queue_ended', 'playback_stopped'])
    stage.hooks.tell({ event_type })
  await stage.until('the first run', () => stage.lines('told').length === 1)
  const stopped = stage.stop()
  writeFileSync(stage.path('go'), '')
  await stopped
  assert.equal(stage.lines('told').length, 3)
  assert.equal(stage.clock.sleeping, 0)
})
