import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

import { product, version } from '../../src/version.ts'
import { root } from '../lib/root.mjs'
import { contentOf } from '../package/content.mjs'
import { control } from '../package/control.mjs'
import { debianVersion } from '../package/debian-changelog.ts'
import { sourceDate } from '../package/source-date.mjs'

/**
 * Makes dist-system/ for the npm package: what a Debian package installs and the npm package lacks, the scripts that
 * dpkg would run, and `list`, by which install.sh lays all of it out as dpkg would. npm knows no links and no modes.
 *
 * A line of the list: `file` or `setting`, mode, place, source in the npm package; or `link`, -, place, where it leads.
 */
export function writeNpmContent() {
  const { Maintainer: maintainer } = control('all', { version: debianVersion(version), architecture: 'all' })
  const content = contentOf({ name: product, version, maintainer, epoch: sourceDate(), node: undefined })
  // Put in place as a whole.
  const made = mkdtempSync(join(root, 'node_modules', '.dist-system-'))
  const lines = [...content]
    .filter(([target]) => !target.startsWith('/usr/share/lintian/'))
    .map(([target, { text, file, link, mode = 0o644, isSetting = false }]) => {
      if (link !== undefined) return `link - ${target} ${link}`
      const source = file === undefined ? ownSource(target, text) : fromNpm(target, file)
      return `${isSetting ? 'setting' : 'file'} ${mode.toString(8).padStart(4, '0')} ${target} ${source}`
    })
  for (const name of ['postinst', 'prerm', 'postrm']) {
    copyFileSync(join(root, 'scripts', 'package', `${name}.sh`), join(made, `${name}.sh`))
  }
  writeFileSync(join(made, 'list'), `${lines.join('\n')}\n`)
  rmSync(join(root, folder), { recursive: true, force: true })
  renameSync(made, join(root, folder))

  /** What is made from tables lies nowhere else; what is built lies in dist/. */
  function ownSource(target, text) {
    const built = `dist/${basename(target)}`
    if (target.startsWith(`/usr/lib/${product}/`) && existsSync(join(root, built))) return built
    writeFileSync(madeFor(target), text)
    return folder + target
  }

  function fromNpm(target, file) {
    const source = file.slice(root.length + 1)
    if (/^(README\.md|docs\/|systemd\/)/.test(source)) return source
    copyFileSync(file, madeFor(target))
    return folder + target
  }

  function madeFor(target) {
    mkdirSync(join(made, dirname(target)), { recursive: true })
    return join(made, target)
  }
}

const folder = 'dist-system'
