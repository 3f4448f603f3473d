// npm run systemd [-- --if-possible] [--only bookworm|trixie] [--mpv]: the service under the real systemd of Debian 12
// and 13, booted in throw-away roots (scripts/lib/debian-root.mjs). --if-possible: where that cannot be done, say so and
// end well. --mpv: with the mpv of each release, which is 440 MB to fetch the first time.
import { parseArgs } from 'node:util'

import { ensurePackages } from './lib/ensure.mjs'

const { values } = parseArgs({
  options: {
    'if-possible': { type: 'boolean', default: false },
    only: { type: 'string' },
    mpv: { type: 'boolean', default: false },
  },
})

ensurePackages()
// Only now are there packages to load. The package is made from tables of src, which are TypeScript.
const { register } = await import('tsx/esm/api')
register()
const { bundle } = await import('./lib/bundle.mjs')
await bundle()
;(await import('esbuild')).stop()
const { CannotInstall } = await import('./lib/cannot-install.mjs')
const { check } = await import('./systemd/check.mjs')

try {
  process.exitCode = await check(values.only === undefined ? ['bookworm', 'trixie'] : [values.only], values)
} catch (error) {
  if (!(error instanceof CannotInstall)) throw error
  console.error(error.message)
  process.exitCode = values['if-possible'] ? 0 : 69
}
