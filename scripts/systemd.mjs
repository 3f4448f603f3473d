// npm run systemd [-- --if-possible] [--only bookworm|trixie] [--mpv]: the service under the real systemd of Debian 12
// and 13, booted in throw-away roots (scripts/lib/debian-root.mjs). --if-possible: where that cannot be done, say so and
// end well. --mpv: with the mpv of each release, which is 440 MB to fetch the first time.
import { parseArgs } from 'node:util'

import { fromSources } from './lib/from-sources.mjs'
import { ifPossible } from './lib/if-possible.mjs'

const { values } = parseArgs({
  options: {
    'if-possible': { type: 'boolean', default: false },
    only: { type: 'string' },
    mpv: { type: 'boolean', default: false },
  },
})

await fromSources()
const { check } = await import('./systemd/check.mjs')
await ifPossible(values, () =>
  check(values.only === undefined ? ['bookworm', 'trixie'] : [values.only], values),
)
