import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { root } from './root.mjs'

/** Its name in dist/, by which scanners recognise it: https://cyclonedx.org/specification/overview/ */
export const sbomFile = 'sbom.cdx.json'

/** For packages whose package.json says it in a form that npm no longer reads. */
const licences = { 'qrcode-terminal': 'Apache-2.0' }

/**
 * The software bill of materials in CycloneDX JSON: each package that `dependencies` brings, with version, licence and
 * hash, as npm reads them from package-lock.json. The same lock file gives the same text: it has no time, no serial
 * number and no name of a folder.
 *
 * @returns {string}
 * @throws Error with npm's own words when npm fails
 */
export function sbom() {
  const { serialNumber, metadata, ...bom } = JSON.parse(npmSbom())
  const { timestamp, tools, ...about } = metadata
  const components = bom.components.map((component) =>
    component.name in licences
      ? { ...component, licenses: [{ license: { id: licences[component.name] } }] }
      : component,
  )
  return asText({
    ...bom,
    metadata: { ...about, tools: tools.map(({ version, ...tool }) => tool) },
    components,
  })
}

/** `npm sbom --omit=dev` leaves out what development needs as well (npm 10 and 11), so it gets a lock file without it. */
function npmSbom() {
  const { name, devDependencies, ...manifest } = read('package.json')
  const lock = read('package-lock.json')
  const packages = Object.entries(lock.packages).filter(([, { dev, devOptional }]) => !dev && !devOptional)
  const { devDependencies: ignored, ...top } = lock.packages['']
  // npm takes the name of the folder for that of the package.
  const parent = mkdtempSync(join(tmpdir(), 'sbom-'))
  const folder = join(parent, name)
  try {
    mkdirSync(folder)
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, ...manifest }))
    writeFileSync(
      join(folder, 'package-lock.json'),
      JSON.stringify({ ...lock, packages: { ...Object.fromEntries(packages), '': top } }),
    )
    return npm(folder, ['sbom', '--sbom-format=cyclonedx', '--sbom-type=application', '--package-lock-only'])
  } finally {
    rmSync(parent, { recursive: true, force: true })
  }
}

function npm(cwd, args) {
  // Run by npm, this is npm's own script, which may be another than the one on the PATH.
  const script = process.env['npm_execpath']
  const [command, ...rest] = script?.endsWith('.js') ? [process.execPath, script, ...args] : ['npm', ...args]
  const { status, stdout, stderr, error } = spawnSync(command, rest, { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`npm ${args[0]} failed: ${error?.message ?? stderr.trim()}`)
  return stdout
}

function read(file) {
  return JSON.parse(readFileSync(join(root, file), 'utf8'))
}

/**
 * Adds a component that npm knows nothing of.
 *
 * @param {string} text as `sbom` made it
 * @param {{ name: string, version: string, license: string }} component `license` is an SPDX identifier
 * @returns {string}
 */
export function withComponent(text, { name, version, license }) {
  const bom = JSON.parse(text)
  const purl = `pkg:generic/${name}@${version}`
  const component = {
    'bom-ref': purl,
    type: 'platform',
    name,
    version,
    scope: 'required',
    purl,
    licenses: [{ license: { id: license } }],
  }
  return asText({ ...bom, components: [...bom.components, component] })
}

function asText(bom) {
  return `${JSON.stringify(bom, undefined, 1)}\n`
}
