import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { root } from '../lib/root.mjs'

/** The YAML that docs/home-assistant.md gives for the `universal` media player, as it stands there. */
export function universalPlayer() {
  const text = readFileSync(join(root, 'docs', 'home-assistant.md'), 'utf8')
  const blocks = [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, yaml]) => yaml)
  const found = blocks.filter((yaml) => yaml.includes('platform: universal'))
  if (found.length !== 1) throw new Error('docs/home-assistant.md no longer has its one universal player')
  return found[0]
}
