// Fails when dist/ holds a part of a package that its software bill of materials does not name, or names it in another
// version: what scans the bill for faults would then miss what runs.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { root } from './root.mjs'
import { sbomFile } from './sbom.mjs'

const { bomFormat, specVersion, metadata, components } = JSON.parse(read(sbomFile))
const listed = new Set(components.map(({ name, version }) => `${name} ${version}`))
// The headings of LICENSES.txt come from the files that esbuild put into the bundle.
const bundled = [...read('LICENSES.txt').matchAll(/^-{80}\n\n(\S+ \S+) \(/gm)].map(([, heading]) => heading)
const { name, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

const problems = [
  ...(bomFormat === 'CycloneDX' && Number(specVersion) >= 1.5 ? [] : ['is not in CycloneDX 1.5 or newer']),
  ...(metadata.component.name === name ? [] : [`is about ${metadata.component.name}`]),
  ...Object.keys(dependencies)
    .filter((dependency) => !components.some((component) => component.name === dependency))
    .map((dependency) => `lacks ${dependency}, a dependency in package.json`),
  ...(bundled.length > 20
    ? []
    : [`was held against ${bundled.length} packages only: LICENSES.txt changed its form`]),
  ...bundled
    .filter((heading) => !listed.has(heading))
    .map((heading) => `lacks ${heading}, which the bundle holds`),
  ...components
    .filter(({ licenses, hashes }) => licenses === undefined || hashes === undefined)
    .map((component) => `has no licence or no hash of ${component.name}`),
]
for (const problem of problems) console.error(`dist/${sbomFile} ${problem}`)
process.exitCode = problems.length === 0 ? 0 : 1

function read(file) {
  return readFileSync(join(root, 'dist', file), 'utf8')
}
