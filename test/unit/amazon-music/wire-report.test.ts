import assert from 'node:assert/strict'
import { test } from 'node:test'

import { defaultRoutes } from '../../../src/amazon-music/routes/default-routes.ts'
import { encodeReport } from '../../../src/amazon-music/encode/report.ts'

const winter = Date.UTC(2026, 0, 15)
const summer = Date.UTC(2026, 6, 15)

for (const [zone, inWinter, inSummer] of [
  ['UTC', '+00:00', '+00:00'],
  ['Europe/Berlin', '+01:00', '+02:00'],
  ['America/Los_Angeles', '-08:00', '-07:00'],
  ['America/St_Johns', '-03:30', '-02:30'],
  ['Asia/Kathmandu', '+05:45', '+05:45'],
] as const) {
  test(`a report from ${zone} has ${inWinter} in winter and ${inSummer} in summer`, (t) => {
    const before = process.env['TZ']
    t.after(() => {
      if (before === undefined) delete process.env['TZ']
      else process.env['TZ'] = before
    })
    process.env['TZ'] = zone
    const zoneAt = (atEpochMs: number): unknown =>
      encodeReport(
        {
          type: 'start',
          metricId: 'm',
          atEpochMs,
          initialDelayMs: 0,
          playedMs: 0,
          positionMs: 0,
          rebufferCount: 0,
        },
        defaultRoutes.words,
      )['deviceTimezone']
    assert.deepEqual([zoneAt(winter), zoneAt(summer)], [inWinter, inSummer])
  })
}
