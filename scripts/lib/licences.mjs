import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { root } from './root.mjs'

/**
 * The licences of the packages that a bundle holds parts of: most ask that their text goes with every copy.
 *
 * @param {string[]} inputs the files esbuild read, relative to the repository
 * @throws Error for a package without a licence text or name: a copy of it must not be handed on
 */
export function licencesOf(inputs) {
  const folders = new Set(
    inputs.flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(input)?.[0] ?? []),
  )
  const texts = [...folders].map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
    const file = readdirSync(join(root, folder)).find((found) => /^(licen[cs]e|copying)/i.test(found))
    if (file === undefined && typeof license !== 'string') throw new Error(`${name} tells no licence`)
    const text =
      file === undefined ? `(no text in the package)` : readFileSync(join(root, folder, file), 'utf8').trim()
    return `${name} ${version} (${typeof license === 'string' ? license : 'see text'})\n\n${text}\n`
  })
  return [
    'The files in this folder hold parts of the packages below, each under its own licence.\n',
    ...texts.sort(),
  ].join(`\n${'-'.repeat(80)}\n\n`)
}
