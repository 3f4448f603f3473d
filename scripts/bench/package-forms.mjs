import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { root } from '../lib/root.mjs'

const product = 'amazonmusic2mqtt'

/**
 * The package for all architectures, made and unpacked.
 *
 * @param {string} folder of ours
 * @returns {{ bytes: number, main: string, wrapper: string }} the size of the .deb; the bundle and the text of
 *   /usr/bin/amazonmusic2mqtt
 */
export function packaged(folder) {
  const out = join(folder, 'packages')
  // By itself: it takes TypeScript into its Node, which is nothing for one that measures.
  const made = spawnSync(
    process.execPath,
    [join(root, 'scripts/package.mjs'), '--only', 'all', '--out', out],
    {
      encoding: 'utf8',
    },
  )
  if (made.status !== 0) throw new Error(`no package: ${made.stderr}`)
  const deb = join(out, readdirSync(out)[0])
  const files = join(folder, 'packaged')
  execFileSync('dpkg-deb', ['-x', deb, files])
  return {
    bytes: statSync(deb).size,
    main: join(files, 'usr/lib', product, 'main.cjs'),
    wrapper: readFileSync(join(files, 'usr/bin', product), 'utf8'),
  }
}

/**
 * The sources, each file turned into JavaScript by itself, with their packages as npm has laid them.
 *
 * @returns {Promise<string>} the file to run
 */
export async function unbundled(folder) {
  const esbuild = await import('esbuild')
  const target = join(folder, 'unbundled')
  const sources = readdirSync(join(root, 'src'), { recursive: true }).map(String)
  mkdirSync(target)
  cpSync(join(root, 'package.json'), join(target, 'package.json'))
  symlinkSync(join(root, 'node_modules'), join(target, 'node_modules'))
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: sources.filter((name) => name.endsWith('.ts')).map((name) => join('src', name)),
    outdir: join(target, 'src'),
    outbase: 'src',
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    logLevel: 'error',
  })
  await esbuild.stop()
  for (const name of readdirSync(join(target, 'src'), { recursive: true }).map(String)) {
    if (!name.endsWith('.js')) continue
    const path = join(target, 'src', name)
    // In `from "./x.ts"`, `import "./x.ts"` and `import("./x.ts")`.
    const text = readFileSync(path, 'utf8').replaceAll(/((?:from|import)[ (]*"\.[^"]+)\.ts"/g, '$1.js"')
    writeFileSync(path, text)
  }
  return join(target, 'src', 'main.js')
}

/**
 * The package's command with places of ours in the places of the system's, and no look at who runs it.
 *
 * @param {string} wrapper its text
 * @param {{ main: string, settings: string }} ours
 */
export function wrapperFor(wrapper, { main, settings }) {
  return [
    [/node=\/usr\/bin\/node$/gm, `node=${process.execPath}`],
    [/^settings=.*$/gm, `settings=${settings}`],
    [/"\$lib\/main\.cjs"/g, `"${main}"`],
    // It asks all the same, for that takes its time.
    [/"\$\(id -u\)" -eq 0/g, '"$(id -u)" -eq -1'],
  ].reduce((text, [what, instead]) => {
    if (text.search(what) === -1) throw new Error(`the package's command has no ${what}`)
    return text.replaceAll(what, instead)
  }, wrapper)
}
