// npm run package [-- --out DIR] [--only all|bundled] [--architecture arm64|amd64]: builds the Debian packages into
// DIR (usually dist-deb/), with install.sh and uninstall.sh beside them. npm run package -- --try [--if-possible]: installs, upgrades, changes, removes and purges
// them on Debian 12 and 13 under a real systemd (docs/decisions/packages.md).
import { copyFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'

import { ensurePackages } from './lib/ensure.mjs'
import { CannotInstall } from './lib/cannot-install.mjs'
import { root } from './lib/root.mjs'

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'dist-deb' },
    only: { type: 'string' },
    architecture: { type: 'string', default: 'arm64' },
    try: { type: 'boolean', default: false },
    'if-possible': { type: 'boolean', default: false },
  },
})

ensurePackages()
// Only now are there packages to load. The tables of src are TypeScript.
const { register } = await import('tsx/esm/api')
register()
const { bundle } = await import('./lib/bundle.mjs')
await bundle()
;(await import('esbuild')).stop()

const kinds = ['all', 'bundled'].filter((kind) => values.only === undefined || values.only === kind)
const { architectures } = await import('./package/node-runtime.mjs')
if (kinds.length === 0 || !architectures.includes(values.architecture)) {
  console.error(`--only all or bundled; --architecture ${architectures.join(' or ')}`)
  process.exit(64)
}
try {
  if (values.try) {
    const { tryPackages } = await import('./package/try-packages.mjs')
    process.exitCode = await tryPackages()
  } else {
    const { buildPackages } = await import('./package/build.mjs')
    const made = buildPackages({ kinds, out: values.out, architecture: values.architecture })
    const scripts = ['install.sh', 'uninstall.sh'].map((name) => join(values.out, name))
    for (const path of scripts) copyFileSync(join(root, 'scripts', basename(path)), path)
    for (const path of [...made, ...scripts]) console.log(`${path} ${statSync(path).size}`)
  }
} catch (error) {
  if (!(error instanceof CannotInstall)) throw error
  console.error(error.message)
  process.exitCode = values['if-possible'] ? 0 : 69
}
