// Run by npm before it packs: what the npm package holds beside what is under version control. dist/, and dist-system/
// for scripts/install.sh.
import { fromSources } from './lib/from-sources.mjs'

await fromSources()
const { writeNpmContent } = await import('./install/npm-content.mjs')
writeNpmContent()
