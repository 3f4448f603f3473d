// Run in a mount namespace whose /etc is its own: what is printed is the hour that 1970 began with, by the local clock.
import { renameSync, symlinkSync, writeFileSync, copyFileSync } from 'node:fs'

import { watchTimeZone } from '../../../src/lib/time-zone.ts'
import { ManualClock } from '../../support/clocks/manual-clock.ts'
import { logSink } from '../../support/log-sink.ts'

const hour = (): number => new Date(0).getHours()
const clock = new ManualClock()
const life = new AbortController()
const { log, text } = logSink()
const watch = watchTimeZone(
  {
    clock,
    log,
    reread() {
      process.env['TZ'] = 'UTC'
      delete process.env['TZ']
    },
  },
  life.signal,
).catch(() => undefined)

const hours = [hour()]
symlinkSync('/usr/share/zoneinfo/Asia/Tokyo', '/etc/localtime.new')
renameSync('/etc/localtime.new', '/etc/localtime')
hours.push(hour())
await clock.advance(31_000)
hours.push(hour())
copyFileSync('/usr/share/zoneinfo/Asia/Kolkata', '/etc/localtime.new')
renameSync('/etc/localtime.new', '/etc/localtime')
await clock.advance(31_000)
hours.push(hour())
await clock.advance(120_000)
life.abort()
await watch
writeFileSync(1, JSON.stringify({ hours, told: text().split('was changed').length - 1 }))
