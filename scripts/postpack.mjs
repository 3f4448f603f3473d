// Run by npm after it packed: package.json is again what it was before scripts/prepack.mjs.
import { restoreManifest } from './lib/packed-manifest.mjs'

restoreManifest()
