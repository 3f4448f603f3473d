// npm run arm [-- --if-possible] [--packages DIR]: what the Debian packages install runs on ARM, emulated by qemu
// (docs/decisions/arm.md). --if-possible: where that cannot be done, say so and end well. --packages: proves those that
// lie in DIR, the bundled one with the Node in it, instead of making the small one anew.
import { parseArgs } from 'node:util'

import { fromSources } from './lib/from-sources.mjs'
import { ifPossible } from './lib/if-possible.mjs'
import { ensureTools } from './lib/tools.mjs'

const { values } = parseArgs({
  options: { 'if-possible': { type: 'boolean', default: false }, packages: { type: 'string' } },
})

await fromSources()
ensureTools({ required: true, names: ['mosquitto', 'zbarimg'] })
const { check } = await import('./arm/check.mjs')
await ifPossible(values, () => check(values))
