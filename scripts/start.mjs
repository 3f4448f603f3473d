// npm start [-- FLAGS]: installs and builds what is missing, then becomes `amazonmusic2mqtt demo FLAGS`.
import { createRequire } from 'node:module'
import { join } from 'node:path'

import { ensurePackages } from './lib/ensure.mjs'
import { root } from './lib/root.mjs'

ensurePackages()
const { bundle } = await import('./lib/bundle.mjs')
await bundle()

// In this same process: signals and the exit code need nobody to hand them on.
const main = join(root, 'dist', 'main.cjs')
process.argv = [process.execPath, main, 'demo', ...process.argv.slice(2)]
createRequire(import.meta.url)(main)
