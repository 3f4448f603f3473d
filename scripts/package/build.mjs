import { mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

import { version as ours } from '../../src/version.ts'
import { root } from '../lib/root.mjs'
import { contentOf } from './content.mjs'
import { control } from './control.mjs'
import { debianVersion } from './debian-changelog.ts'
import { unpackNode } from './node-runtime.mjs'
import { sourceDate } from './source-date.mjs'
import { writeDeb } from './write-deb.mjs'

/**
 * Builds packages from dist/, which must be there.
 *
 * @param {object} options
 * @param {readonly ('all' | 'bundled')[]} options.kinds
 * @param {string} options.out folder; made when missing
 * @param {string} options.architecture of the bundled one, in Debian's words
 * @param {string} [options.version] another than package.json's, in Debian's form, for what tries an upgrade
 * @param {boolean} [options.quick] for a try: larger, and made in a tenth of the time
 * @returns {string[]} their absolute paths
 */
export function buildPackages({ kinds, out, architecture, version = debianVersion(ours), quick }) {
  const folder = resolve(out)
  mkdirSync(folder, { recursive: true })
  const epoch = sourceDate()
  return kinds.map((kind) => {
    const fields = control(kind, { version, architecture })
    const { Package: name, Maintainer: maintainer } = fields
    const path = join(folder, `${name}_${version}_${fields.Architecture}.deb`)
    const node = kind === 'bundled' ? unpackNode(architecture) : undefined
    try {
      const content = contentOf({ name, version: ours, maintainer, epoch, node })
      writeDeb(path, { control: fields, content, scripts: scripts(), epoch, quick })
    } finally {
      node?.remove()
    }
    return path
  })
}

function scripts() {
  return Object.fromEntries(
    ['postinst', 'prerm', 'postrm'].map((name) => [
      name,
      readFileSync(join(root, `scripts/package/${name}.sh`), 'utf8'),
    ]),
  )
}
