// npm run bench [-- --quick]: the agent beside a bare relay and bare Node, in one run (docs/benchmarks.md).
import { ensurePackages } from './lib/ensure.mjs'
import { ensureTools } from './lib/tools.mjs'

ensurePackages()
ensureTools({ required: true, names: ['mosquitto'] })
// Only now are there packages to load.
const { bundle } = await import('./lib/bundle.mjs')
await bundle()
const { bench } = await import('./bench/bench.mjs')
process.exitCode = await bench({ quick: process.argv.includes('--quick') })
