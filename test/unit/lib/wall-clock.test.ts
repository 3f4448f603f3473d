import assert from 'node:assert/strict'
import { test } from 'node:test'

import { createLog } from '../../../src/lib/log.ts'
import { WallClock } from '../../../src/lib/wall-clock.ts'
import { ManualClock } from '../../support/clocks/manual-clock.ts'

const now = Date.UTC(2026, 10, 22, 12)
const year = 365 * 86_400_000

function wallClock(atEpochMs: number) {
  const clock = new ManualClock(atEpochMs)
  const sets: number[] = []
  const lines: string[] = []
  const log = createLog({ level: 'trace', write: (line) => lines.push(line) })
  const wall = new WallClock({
    clock,
    notBeforeEpochMs: now - 86_400_000,
    log,
    onSet: (byMs) => sets.push(byMs),
  })
  return { clock, sets, lines, wall }
}

test('a clock from before this version was made is wrong, whatever a certificate says, and nobody need be asked', () => {
  for (const at of [0, now - year]) {
    const { wall } = wallClock(at)
    assert.equal(wall.wantsDate, false)
    assert.equal(wall.judge('CERT_NOT_YET_VALID').code, 'net/clock')
    assert.match(
      wall.judge('CERT_HAS_EXPIRED').words,
      /^this device's clock says (1970-01-01|2025-11-22), which cannot be$/,
    )
  }
})

test('a certificate that has run out is that, unless somebody says that the clock is wrong', () => {
  const { clock, wall } = wallClock(now + year)
  assert.equal(wall.wantsDate, true)
  assert.equal(wall.judge('CERT_HAS_EXPIRED').code, 'net/expired')
  wall.heard(undefined)
  wall.heard('yesterday or so')
  assert.equal(wall.judge('CERT_HAS_EXPIRED').code, 'net/expired')
  wall.heard(new Date(now).toUTCString())
  assert.equal(wall.wantsDate, false, 'once is enough')
  const { code, words } = wall.judge('CERT_HAS_EXPIRED')
  assert.equal(code, 'net/clock')
  assert.match(words, /^this device's clock says 2027-11-22 and is 365 days ahead of the server's$/)
  clock.jumpWallClock(-year)
  assert.equal(wall.judge('CERT_HAS_EXPIRED').code, 'net/expired', 'what was heard is still so')
})

test('a certificate of the future speaks against the clock, unless a server says the same as the clock', () => {
  const { wall } = wallClock(now)
  assert.equal(wall.judge('CERT_NOT_YET_VALID').code, 'net/clock')
  wall.heard(new Date(now + 4 * 60_000).toUTCString())
  assert.equal(wall.judge('CERT_NOT_YET_VALID').code, 'net/expired')
  wall.heard(new Date(now + 6 * 60_000).toUTCString())
  assert.equal(wall.judge('CERT_NOT_YET_VALID').code, 'net/clock')
  for (const [minutes, words] of [
    [-6, '6 minutes ahead of'],
    [119, '119 minutes behind'],
    [120, '2 hours behind'],
    [-2880, '2 days ahead of'],
  ] as const) {
    wall.heard(new Date(now + minutes * 60_000).toUTCString())
    const said = `this device's clock says 2026-11-22 and is ${words} the server's`
    assert.equal(wall.judge('CERT_HAS_EXPIRED').words, said)
  }
})

test('what a server said of the time is forgotten after an hour', async () => {
  const { clock, wall } = wallClock(now)
  wall.heard(new Date(now).toUTCString())
  await clock.advance(3_599_000)
  assert.equal(wall.wantsDate, false)
  await clock.advance(1_000)
  assert.equal(wall.wantsDate, true)
})

test('that the clock is set is noticed within half a minute, within a second while it is wrong, and told once', async () => {
  const stop = new AbortController()
  const { clock, sets, lines, wall } = wallClock(now)
  const running = wall.run(stop.signal).catch(() => undefined)
  await clock.advance(600_000)
  assert.deepEqual([sets, lines], [[], []])
  clock.jumpWallClock(1_999)
  await clock.advance(60_000)
  assert.deepEqual(sets, [], 'what slewing does to a clock is not worth a word')
  clock.jumpWallClock(-3_601_999)
  await clock.advance(30_000)
  assert.deepEqual(sets, [-3_601_999])
  assert.match(
    lines.join(),
    /"from":"2026-11-22 12:11 UTC","to":"2026-11-22 11:11 UTC","msg":"The clock .* was set"/,
  )

  assert.equal(wall.judge('CERT_NOT_YET_VALID').code, 'net/clock')
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(clock.sleeps, [1_000])
  clock.jumpWallClock(year)
  await clock.advance(1_000)
  assert.deepEqual(sets, [-3_601_999, year])
  assert.deepEqual(clock.sleeps, [30_000], 'nothing is wrong any more')
  stop.abort()
  await running
  assert.equal(clock.sleeping, 0)
})

test('the parts see the clock as it was last looked at: what they date moves once, with what they dated before', () => {
  const { clock, sets, wall } = wallClock(now)
  clock.jumpWallClock(-year)
  assert.equal(wall.asSeen.epochMs(), now, 'not looked at')
  assert.equal(wall.timesSet(), 1)
  assert.deepEqual(sets, [-year])
  assert.equal(wall.asSeen.epochMs(), now - year)
  clock.jumpWallClock(1_500)
  assert.equal(wall.asSeen.epochMs(), now - year + 1_500, 'slewing is followed, at once')
  wall.look()
  assert.equal(wall.asSeen.epochMs(), now - year + 1_500)
  assert.equal(wall.timesSet(), 1)
  clock.jumpWallClock(1_500)
  assert.equal(wall.timesSet(), 1, 'and never adds up to a clock that was set')
})

test('a clock of 1970 at the start is said, and watched closely', async () => {
  const stop = new AbortController()
  const { clock, sets, lines, wall } = wallClock(40_000)
  const running = wall.run(stop.signal).catch(() => undefined)
  assert.match(lines.join(), /"level":"warn".*waiting for the time/)
  await clock.untilSleeping()
  assert.deepEqual(clock.sleeps, [1_000])
  clock.jumpWallClock(now)
  await clock.advance(1_000)
  assert.deepEqual(sets, [now])
  stop.abort()
  await running
})
