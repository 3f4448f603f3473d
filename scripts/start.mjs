// npm start [-- FLAGS]: installs and builds what is missing, then becomes `amazonmusic2mqtt demo FLAGS`.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { ensurePackages } from './lib/ensure.mjs'
import { root } from './lib/root.mjs'

ensurePackages()
const { bundle } = await import('./lib/bundle.mjs')
if (await bundle()) (await import('esbuild')).stop()

// In this same process: signals and the exit code need nobody to hand them on.
const main = join(root, 'dist', 'main.cjs')
process.argv = [process.execPath, main, 'demo', ...process.argv.slice(2)]
await import(pathToFileURL(main).href)
