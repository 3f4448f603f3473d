import assert from 'node:assert/strict'
import { test } from 'node:test'

import { createClockJudge } from '../../../src/cli/clock-judge.ts'
import { ManualClock } from '../../support/clocks/manual-clock.ts'

test('nothing is known of the clock before a server sent a date', () => {
  assert.equal(createClockJudge({ clock: new ManualClock() }).heardErrorMs, undefined)
})

test('a date that a server sent says how far this clock is ahead of it', () => {
  const clock = new ManualClock()
  const judge = createClockJudge({ clock })
  const dateBefore = (ms: number): string => new Date(clock.epochMs() - ms).toUTCString()
  judge.heard(dateBefore(7_200_000))
  assert.ok(Math.abs((judge.heardErrorMs ?? 0) - 7_200_000) < 1_000, String(judge.heardErrorMs))
  judge.heard(dateBefore(-7_200_000))
  assert.ok(Math.abs((judge.heardErrorMs ?? 0) + 7_200_000) <= 1_000, String(judge.heardErrorMs))
  const before = judge.heardErrorMs
  judge.heard('yesterday')
  judge.heard(undefined)
  assert.equal(judge.heardErrorMs, before)
})
