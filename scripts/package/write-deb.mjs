import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/**
 * One thing that a package installs, by its absolute path there. It has either a text, a file here that is copied, or
 * a place that it links to.
 *
 * @typedef {{ mode?: number, isSetting?: boolean } & (
 *   { text: string | Buffer } | { file: string } | { link: string }
 * )} Content `mode`: 0o644 unless told. `isSetting`: a conffile, whose changes survive an upgrade
 */

/**
 * Writes a .deb by dpkg-deb. The same content makes the same bytes, whoever makes it, when and where.
 *
 * @param {string} path of the .deb
 * @param {object} parts
 * @param {Record<string, string>} parts.control its fields; Installed-Size is added
 * @param {ReadonlyMap<string, Content>} parts.content
 * @param {Record<string, string>} parts.scripts maintainer scripts, by name
 * @param {number} parts.epoch of all its files, in seconds
 * @param {boolean} [parts.quick] for a try: larger, and made in a tenth of the time
 */
export function writeDeb(path, { control, content, scripts, epoch, quick = false }) {
  const stage = mkdtempSync(join(tmpdir(), 'a2m-package-'))
  try {
    const tree = join(stage, 'tree')
    const files = [...content].sort(([one], [other]) => (one < other ? -1 : 1))
    for (const [target, entry] of files) put(join(tree, target), entry)

    const own = join(tree, 'DEBIAN')
    const size = installedSize(tree)
    const fields = { ...control, 'Installed-Size': String(size) }
    const settings = files.filter(([, { isSetting }]) => isSetting).map(([target]) => target)
    const sums = files
      .filter(([, entry]) => !('link' in entry))
      .map(([target]) => `${md5(join(tree, target))}  ${target.slice(1)}`)
    put(join(own, 'control'), {
      text: lines(Object.entries(fields).map(([name, value]) => `${name}: ${value}`)),
    })
    put(join(own, 'md5sums'), { text: lines(sums) })
    if (settings.length > 0) put(join(own, 'conffiles'), { text: lines(settings) })
    for (const [name, text] of Object.entries(scripts)) put(join(own, name), { text, mode: 0o755 })

    settle(tree, epoch)
    rmSync(path, { force: true })
    // Not -z9, which would save little and take 65 MB to unpack.
    execFileSync(
      'dpkg-deb',
      ['--root-owner-group', ...(quick ? ['-Zgzip', '-z1'] : ['-Zxz']), '--build', tree, path],
      {
        env: { PATH: process.env['PATH'], LC_ALL: 'C', SOURCE_DATE_EPOCH: String(epoch) },
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    )
  } finally {
    rmSync(stage, { recursive: true })
  }
}

function put(path, { text, file, link, mode = 0o644 }) {
  mkdirSync(dirname(path), { recursive: true })
  if (link !== undefined) return symlinkSync(link, path)
  if (file === undefined) writeFileSync(path, text)
  else copyFileSync(file, path)
  chmodSync(path, mode)
}

function lines(texts) {
  return texts.map((text) => `${text}\n`).join('')
}

function md5(path) {
  return createHash('md5').update(readFileSync(path)).digest('hex')
}

/** In KiB, by the rule of dpkg-gencontrol: it does not depend on the file system here. */
function installedSize(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .map((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return 1 + installedSize(path)
      return entry.isFile() ? Math.ceil(readFileSync(path).length / 1024) : 1
    })
    .reduce((one, other) => one + other, 0)
}

/** Modes and times that do not tell of this machine. */
function settle(path, epoch) {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const inner = join(path, entry.name)
    if (entry.isDirectory()) settle(inner, epoch)
    else lutimesSync(inner, epoch, epoch)
  }
  chmodSync(path, 0o755)
  utimesSync(path, epoch, epoch)
}
