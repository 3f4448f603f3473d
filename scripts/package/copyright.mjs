import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { root } from '../lib/root.mjs'

/**
 * The file `copyright`: our licence, that of each package in the bundle, and Node's where it comes along.
 *
 * @param {{ version: string, licence: string } | undefined} node
 */
export function copyright(node) {
  const parts = [
    'amazonmusic2mqtt is under this licence:',
    read('LICENSE'),
    rule,
    // Its first line speaks of the folder that it lies in.
    read('dist/LICENSES.txt').replace(
      /^.*$/m,
      'Its files in /usr/lib/amazonmusic2mqtt hold parts of these packages, each under its own licence.',
    ),
  ]
  if (node !== undefined) {
    parts.push(
      rule,
      `/usr/lib/amazonmusic2mqtt/node is Node.js ${node.version}, as its makers have built it, under this licence:`,
      readFileSync(node.licence, 'utf8'),
    )
  }
  return `${parts.map((part) => part.trim()).join('\n\n')}\n`
}

const rule = '='.repeat(80)

function read(name) {
  return readFileSync(join(root, name), 'utf8')
}
