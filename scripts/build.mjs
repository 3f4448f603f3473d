// npm run build [-- --force]: makes dist/ from src/.
import { ensurePackages } from './lib/ensure.mjs'

ensurePackages()
// Only now are there packages to load.
const { bundle } = await import('./lib/bundle.mjs')
const made = await bundle({ force: process.argv.includes('--force') })
console.error(made ? 'Built dist/.' : 'dist/ is up to date.')
