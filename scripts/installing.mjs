// npm run installing [-- --if-possible] [--only bookworm|trixie] [--story NAME]…: install.sh and uninstall.sh with all
// their ways, on Debian 12 and 13 booted with a real systemd in throw-away roots (scripts/lib/debian-root.mjs).
// --if-possible: where that cannot be done, say so and end well. --story: only this one of scripts/install/check.mjs.
import { parseArgs } from 'node:util'

import { ensurePackages } from './lib/ensure.mjs'

const { values } = parseArgs({
  options: {
    'if-possible': { type: 'boolean', default: false },
    only: { type: 'string' },
    story: { type: 'string', multiple: true },
  },
})

ensurePackages()
// Only now are there packages to load. The tables of src are TypeScript.
const { register } = await import('tsx/esm/api')
register()
const { CannotInstall } = await import('./lib/cannot-install.mjs')
const { check } = await import('./install/check.mjs')

try {
  process.exitCode = await check(
    values.only === undefined ? ['bookworm', 'trixie'] : [values.only],
    values.story,
  )
} catch (error) {
  if (!(error instanceof CannotInstall)) throw error
  console.error(error.message)
  process.exitCode = values['if-possible'] ? 0 : 69
}
