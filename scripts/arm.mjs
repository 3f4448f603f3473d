// npm run arm [-- --if-possible] [--packages DIR]: what the Debian packages install runs on ARM, emulated by qemu
// (docs/decisions/arm.md). --if-possible: where that cannot be done, say so and end well. --packages: proves those that
// lie in DIR, the bundled one with the Node in it, instead of making the small one anew.
import { parseArgs } from 'node:util'

import { CannotInstall } from './lib/cannot-install.mjs'
import { ensurePackages } from './lib/ensure.mjs'
import { ensureTools } from './lib/tools.mjs'

const { values } = parseArgs({
  options: { 'if-possible': { type: 'boolean', default: false }, packages: { type: 'string' } },
})

ensurePackages()
ensureTools({ required: true, names: ['mosquitto', 'zbarimg'] })
// Only now are there packages to load. The tables of src are TypeScript.
const { register } = await import('tsx/esm/api')
register()
const { bundle } = await import('./lib/bundle.mjs')
const { check } = await import('./arm/check.mjs')

try {
  await bundle()
  ;(await import('esbuild')).stop()
  process.exitCode = await check(values)
} catch (error) {
  if (!(error instanceof CannotInstall)) throw error
  console.error(error.message)
  process.exitCode = values['if-possible'] ? 0 : 69
}
