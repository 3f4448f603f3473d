import assert from 'node:assert/strict'
import { test } from 'node:test'

import { defaultRoutes } from '../../../src/amazon-music/routes/default-routes.ts'
import { encodeReport } from '../../../src/amazon-music/encode/report.ts'

const january = Date.UTC(2026, 0, 15, 12)
const july = Date.UTC(2026, 6, 15, 12)

for (const [zone, atEpochMs, offset] of [
  ['UTC', january, '+00:00'],
  ['Europe/Berlin', january, '+01:00'],
  ['Europe/Berlin', july, '+02:00'],
  ['America/Los_Angeles', january, '-08:00'],
  ['America/Los_Angeles', july, '-07:00'],
  ['America/St_Johns', january, '-03:30'],
  ['Asia/Kolkata', july, '+05:30'],
  ['Pacific/Kiritimati', july, '+14:00'],
] as const) {
  test(`a report from ${zone} has ${offset} in ${atEpochMs === january ? 'January' : 'July'}`, (t) => {
    const before = process.env['TZ']
    t.after(() => {
      if (before === undefined) delete process.env['TZ']
      else process.env['TZ'] = before
    })
    process.env['TZ'] = zone
    const report = {
      metricId: 'm1',
      type: 'start',
      atEpochMs,
      initialDelayMs: 0,
      rebufferCount: 0,
      playedMs: 0,
      positionMs: 0,
    } as const
    assert.equal(encodeReport(report, defaultRoutes.words)['deviceTimezone'], offset)
  })
}
