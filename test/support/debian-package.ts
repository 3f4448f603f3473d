import { execFileSync } from 'node:child_process'
import { cpSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

import { tempFolder } from './temp-folder.ts'

export const repository = join(import.meta.dirname, '..', '..')

export interface BuildOptions {
  /** The repository, or a copy of it. */
  readonly root?: string
  readonly env?: Readonly<Record<string, string>>
  /** In octal, as in a shell. */
  readonly umask?: string
}

/** Builds the package for all architectures and returns its path. It is removed when the test ends. */
export function buildPackage(
  t: TestContext,
  { root = repository, env = {}, umask = '022' }: BuildOptions = {},
): string {
  const out = tempFolder(t)
  const script = `umask ${umask}; exec "$0" scripts/package.mjs --only all --out "$1"`
  execFileSync('sh', ['-c', script, process.execPath, out], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [name = ''] = readdirSync(out)
  return join(out, name)
}

/** Copies the files that packages are built from, for a build that must be isolated from other builds. */
export function copyRepository(folder: string): void {
  const kept = ['src', 'scripts', 'systemd', 'docs', 'package.json', 'package-lock.json']
  for (const name of [...kept, 'CHANGELOG.md', 'README.md', 'LICENSE']) {
    cpSync(join(repository, name), join(folder, name), { recursive: true, preserveTimestamps: true })
  }
  try {
    execFileSync('cp', ['-al', join(repository, 'node_modules'), folder], { stdio: 'ignore' })
  } catch {
    // Hard links do not work across file systems.
    execFileSync('cp', ['-a', join(repository, 'node_modules'), folder])
  }
}
