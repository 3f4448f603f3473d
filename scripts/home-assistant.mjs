// npm run home-assistant [-- --if-possible] [--pictures] [--integration FOLDER]: the built agent with the real Home
// Assistant, a real broker and the sandbox (docs/decisions/home-assistant-test.md). --if-possible: where Home Assistant
// cannot be installed, say so and end well. --pictures: replaces the pictures in docs/images/ by what the browser shows.
// --integration: tries a custom integration's media player instead; FOLDER is its custom_components/DOMAIN.
import { parseArgs } from 'node:util'

import { ensurePackages } from './lib/ensure.mjs'
import { ifPossible } from './lib/if-possible.mjs'
import { ensureTools } from './lib/tools.mjs'

const { values } = parseArgs({
  options: {
    'if-possible': { type: 'boolean', default: false },
    pictures: { type: 'boolean', default: false },
    integration: { type: 'string' },
  },
})

ensurePackages()
ensureTools({ required: true, names: ['mosquitto', 'zbarimg', 'chromium'] })
// Only now are there packages to load.
const { bundle } = await import('./lib/bundle.mjs')
const { installHomeAssistant } = await import('./home-assistant/install.mjs')
const { check } = await import('./home-assistant/check.mjs')

await ifPossible(values, async () => {
  await bundle()
  return check(await installHomeAssistant(), values)
})
