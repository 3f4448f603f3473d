import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { root } from '../lib/root.mjs'
import { sbomFile, withComponent } from '../lib/sbom.mjs'
import { settingsFile } from '../lib/settings-file.ts'
import { bashCompletion } from './bash-completion.ts'
import { copyright } from './copyright.mjs'
import { debianChangelog } from './debian-changelog.ts'
import { manPage } from './man-page.ts'

const product = 'amazonmusic2mqtt'

/**
 * All that a package installs.
 *
 * @param {object} about
 * @param {string} about.name of the package
 * @param {string} about.version
 * @param {string} about.maintainer
 * @param {number} about.epoch seconds
 * @param {{ version: string, node: string, licence: string } | undefined} about.node the Node that comes along
 * @returns {ReadonlyMap<string, import('./write-deb.mjs').Content>}
 */
export function contentOf({ name, version, maintainer, epoch, node }) {
  const lib = `/usr/lib/${product}`
  const doc = `/usr/share/doc/${name}`
  const date = new Date(epoch * 1000)
  const changelog = debianChangelog(read('CHANGELOG.md'), { name, version, maintainer, date })
  return new Map([
    [`/usr/bin/${product}`, { file: at(`scripts/package/${product}.sh`), mode: 0o755 }],
    ...bundle(lib, doc, node),
    ...(node === undefined ? [] : [[`${lib}/node`, { file: node.node, mode: 0o755 }]]),
    ...units(),
    [
      `/etc/${product}/${product}.env`,
      // The group comes with the user, in postinst.
      { text: settingsFile(settingsHeading, { openRequired: false }), mode: 0o640, isSetting: true },
    ],
    // Nothing is shown while they lead nowhere: the texts are there while a code waits. Not the service's own files:
    // root reads these at each login.
    [`/etc/motd.d/50-${product}`, { link: `/run/${product}-prompt/motd` }],
    [`/etc/issue.d/50-${product}.issue`, { link: `/run/${product}-prompt/issue` }],
    [`/usr/share/man/man1/${product}.1.gz`, { text: zipped(manPage(date.toISOString().slice(0, 10))) }],
    [`/usr/share/bash-completion/completions/${product}`, { text: bashCompletion() }],
    [`${doc}/changelog.gz`, { text: zipped(changelog) }],
    [`${doc}/copyright`, { text: copyright(node) }],
    ...docs(doc),
    [`/usr/share/lintian/overrides/${name}`, { text: overrides(name) }],
  ])
}

const settingsHeading = `# Settings of amazonmusic2mqtt, as its service and its commands read them. Each stands at its default. Fill in the
# first two, take the "#" away, then: sudo systemctl restart ${product}
# A value with a space, a "#", a "\\" or a quote in it stands in 'single quotes'.
`

function bundle(lib, doc, node) {
  return readdirSync(at('dist')).map((name) => [`${lib}/${name}`, bundled(name)])

  function bundled(name) {
    if (name === 'LICENSES.txt') return { link: `${doc}/copyright`.replace('/usr', '../..') }
    const text = read(`dist/${name}`)
    if (name !== sbomFile) {
      // The wrapper names the Node, so that no file here is a command of its own.
      return { text: text.replace(/^#!.*\n/, '') }
    }
    if (node === undefined) return { text }
    return { text: withComponent(text, { name: 'node', version: node.version, license: 'MIT' }) }
  }
}

/** Whatever lies in systemd/: units where systemd looks for them, and what they run. */
function units() {
  return readdirSync(at('systemd'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const file = join(entry.parentPath, entry.name)
      const mode = entry.name.endsWith('.sh') ? 0o755 : 0o644
      return [placeOf(file.slice(at('systemd/').length)), { file, mode }]
    })
}

function placeOf(name) {
  if (name.endsWith('.sysusers')) return `/usr/lib/sysusers.d/${product}.conf`
  if (name.endsWith('.sh')) return `/usr/lib/${product}/${name.slice(product.length + 1)}`
  return `/usr/lib/systemd/system/${name}`
}

/** What the npm package has of them, in the same places, so that one leads to another. */
function docs(folder) {
  const { files } = JSON.parse(read('package.json'))
  const folders = files.filter((path) => path.startsWith('docs/')).map((path) => path.replace('/*.md', ''))
  const found = folders.flatMap((path) =>
    readdirSync(at(path), { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `${path}/${entry.name}`),
  )
  return ['README.md', ...found].map((path) => [`${folder}/${path}`, { file: at(path) }])
}

function overrides(name) {
  return read(`scripts/package/lintian/${name}`)
}

/** By Debian's own gzip: zlib is built with other tricks in each Node. */
function zipped(text) {
  return execFileSync('gzip', ['-9n'], { input: text })
}

function at(path) {
  return join(root, path)
}

function read(path) {
  return readFileSync(at(path), 'utf8')
}
