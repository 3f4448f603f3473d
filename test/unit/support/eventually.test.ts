import assert from 'node:assert/strict'
import { test } from 'node:test'

import { eventually, turn, within } from '../../support/eventually.ts'
import { ManualClock } from '../../support/clocks/manual-clock.ts'

const never = new Promise<never>(() => undefined)

test('what is found is returned, at the first look or after some steps', async () => {
  assert.equal(await eventually('a word', () => 'word'), 'word')
  let steps = 0
  const found = await eventually('the third step', () => steps === 3 && `step ${steps}`, {
    step: () => steps++,
  })
  assert.equal(found, 'step 3')
})

test('what never comes is a sentence that says what was waited for and what was seen last', async () => {
  let looks = 0
  const waiting = eventually('the second coming', () => ++looks > 1e9, {
    withinMs: 20,
    seen: () => ({ looks }),
  })
  await assert.rejects(waiting, /^Error: the second coming: not within 0\.02 s; there is \{ looks: \d+ \}$/)
})

for (const [name, patience] of Object.entries({
  'a step that never ends': { step: () => never },
  'steps of microtasks alone': { step: () => Promise.resolve() },
  'steps of turns alone': { step: turn },
})) {
  test(`${name} is bounded as well`, async () => {
    const waiting = eventually('what never comes', () => false, { withinMs: 20, ...patience })
    await assert.rejects(waiting, /^Error: what never comes: not within 0\.02 s$/)
  })
}

test('a look that never ends is bounded, and one that throws ends the wait at once', async () => {
  await assert.rejects(
    eventually('an answer', () => never, { withinMs: 20 }),
    /an answer: not within/,
  )
  const broken = eventually('an answer', () => {
    throw new RangeError('broken')
  })
  await assert.rejects(broken, /broken/)
})

test('a promise is bounded and keeps its outcome', async () => {
  assert.equal(await within('a number', Promise.resolve(5)), 5)
  await assert.rejects(within('a number', Promise.reject(new RangeError('none'))), /none/)
  await assert.rejects(within('a number', never, { withinMs: 20 }), /a number: not within 0\.02 s/)
})

test('a clock that nobody sleeps on says so instead of hanging', async () => {
  const clock = new ManualClock()
  void clock.sleep(7_000, new AbortController().signal)
  await assert.rejects(
    clock.untilSleeping(2, 20),
    /2 sleeps under way: not within 0\.02 s; there is \[ 7000 \]/,
  )
})

test('a clock on which somebody sleeps for nothing over and over says so instead of hanging', async () => {
  const clock = new ManualClock()
  const { signal } = new AbortController()
  const spin = async (): Promise<never> => {
    // eslint-disable-next-line no-restricted-syntax -- the loop that the clock finds
    for (;;) await clock.sleep(0, signal)
  }
  void spin()
  await assert.rejects(clock.advance(1_000), /woke 50000 sleepers and time did not pass: sleeps of 0 ms/)
})
