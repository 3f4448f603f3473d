// Run by npm before it packs: makes what the npm package holds beside what is under version control (dist/, and
// dist-system/ for scripts/install.sh), then its package.json, which scripts/postpack.mjs takes back.
import { restoreManifest, writePackedManifest } from './lib/packed-manifest.mjs'
import { fromSources } from './lib/from-sources.mjs'

// Left by a pack that was stopped halfway: what follows reads package.json.
restoreManifest()
await fromSources()
const { writeNpmContent } = await import('./install/npm-content.mjs')
writeNpmContent()
// Last: nothing that fails may leave it behind.
writePackedManifest()
