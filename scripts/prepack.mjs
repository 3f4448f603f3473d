// Run by npm before it packs: what the npm package holds beside what is under version control. dist/, and dist-system/
// for scripts/install.sh.
import { ensurePackages } from './lib/ensure.mjs'

ensurePackages()
// Only now are there packages to load. The tables of src are TypeScript.
const { register } = await import('tsx/esm/api')
register()
const { bundle } = await import('./lib/bundle.mjs')
await bundle()
;(await import('esbuild')).stop()
const { writeNpmContent } = await import('./install/npm-content.mjs')
writeNpmContent()
