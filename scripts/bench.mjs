// npm run bench [-- --quick] [--only commands|sound|home|package]: the agent beside a bare relay and bare Node, with
// player mpv beside mpv alone, what it says to Home Assistant, and what the installed package takes, in one run
// (docs/benchmarks.md).
import { parseArgs } from 'node:util'

import { ensurePackages } from './lib/ensure.mjs'
import { ensureTools } from './lib/tools.mjs'

const toolsOf = {
  commands: ['mosquitto'],
  sound: ['mosquitto', 'mpv', 'pulseaudio', 'parec'],
  home: ['mosquitto'],
  package: ['mosquitto', 'systemd-notify'],
}
const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: Object.keys(toolsOf) },
  },
})
const unknown = values.only.filter((name) => !Object.hasOwn(toolsOf, name))
if (unknown.length > 0) {
  console.error(`--only is one of ${Object.keys(toolsOf).join(', ')}, not ${unknown.join(', ')}`)
  process.exit(64)
}

ensurePackages()
ensureTools({ required: true, names: values.only.flatMap((name) => toolsOf[name]) })
// Only now are there packages to load.
const { bundle } = await import('./lib/bundle.mjs')
await bundle()
const { bench } = await import('./bench/bench.mjs')
process.exitCode = await bench(values)
