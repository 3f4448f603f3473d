// npm run package [-- --out DIR] [--only all|bundled] [--architecture arm64|amd64]: builds the Debian packages into
// DIR (usually dist-deb/), with install.sh and uninstall.sh beside them. npm run package -- --try [--if-possible]:
// installs, upgrades, changes, removes and purges them on Debian 12 and 13 under a real systemd
// (docs/decisions/packages.md).
import { copyFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'

import { fromSources } from './lib/from-sources.mjs'
import { ifPossible } from './lib/if-possible.mjs'
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

await fromSources()

const kinds = ['all', 'bundled'].filter((kind) => values.only === undefined || values.only === kind)
const { architectures } = await import('./package/node-runtime.mjs')
if (kinds.length === 0 || !architectures.includes(values.architecture)) {
  console.error(`--only all or bundled; --architecture ${architectures.join(' or ')}`)
  process.exit(64)
}
await ifPossible(values, async () => {
  if (values.try) {
    const { tryPackages } = await import('./package/try-packages.mjs')
    return tryPackages()
  }
  const { buildPackages } = await import('./package/build.mjs')
  const made = buildPackages({ kinds, out: values.out, architecture: values.architecture })
  const scripts = ['install.sh', 'uninstall.sh'].map((name) => join(values.out, name))
  for (const path of scripts) copyFileSync(join(root, 'scripts', basename(path)), path)
  for (const path of [...made, ...scripts]) console.log(`${path} ${statSync(path).size}`)
})
