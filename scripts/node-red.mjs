// npm run node-red [-- --if-possible]: the flow of docs/node-red/ in the real Node-RED, with a real broker, the built
// agent and the sandbox. --if-possible: where Node-RED cannot be installed, say so and end well.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

import { ensurePackages } from './lib/ensure.mjs'
import { root } from './lib/root.mjs'
import { ensureTools } from './lib/tools.mjs'

/** npm takes the newest of them that runs on this Node. */
const versions = '>=4.1.15 <6'

const { values } = parseArgs({ options: { 'if-possible': { type: 'boolean', default: false } } })

ensurePackages()
ensureTools({ required: true, names: ['mosquitto', 'mpv', 'zbarimg'] })
// Only now are there packages to load.
const { bundle } = await import('./lib/bundle.mjs')
await bundle()

// It is no part of this project and has 120 MB: a folder of its own, which stays for the next time.
const folder = process.env['A2M_NODE_RED_DIR'] ?? join(homedir(), '.cache', 'amazonmusic2mqtt', 'node-red')
const manifest = join(folder, 'node_modules', 'node-red', 'package.json')
const problem = existsSync(manifest) ? undefined : install()
if (problem === undefined) {
  console.log(`Node-RED ${JSON.parse(readFileSync(manifest, 'utf8')).version}`)
  const { status } = spawnSync(
    process.execPath,
    [
      '--import=tsx',
      '--test',
      '--test-timeout=300000',
      '--test-reporter=spec',
      'test/system/node-red/flow.test.ts',
    ],
    {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, A2M_NODE_RED_DIR: folder, A2M_REQUIRE_TOOLS: '1' },
    },
  )
  process.exitCode = status ?? 1
} else {
  console.error(`Node-RED cannot be installed here:\n${problem}`)
  process.exitCode = values['if-possible'] ? 0 : 69
}

/** @returns {string | undefined} why not */
function install() {
  console.error(`Installing Node-RED in ${folder}`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  const { status, stderr, error } = spawnSync(
    'npm',
    ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', `node-red@${versions}`],
    { cwd: folder, encoding: 'utf8' },
  )
  return status === 0 ? undefined : (error?.message ?? stderr.trim().split('\n').slice(-12).join('\n'))
}
