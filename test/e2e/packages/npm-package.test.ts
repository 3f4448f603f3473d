import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

import { copyRepository } from '../../support/debian-package.ts'
import { tempFolder } from '../../support/temp-folder.ts'

const run = promisify(execFile)

test('the package that npm pack makes installs from the tarball alone, without any other package, and runs', async (t) => {
  const folder = tempFolder(t)
  // npm pack changes package.json for a moment, which other tests read.
  const source = join(folder, 'source')
  const out = join(folder, 'out')
  mkdirSync(out)
  copyRepository(source)
  const before = readFileSync(join(source, 'package.json'), 'utf8')
  await run('npm', ['pack', '--pack-destination', out], {
    cwd: source,
    env: { ...process.env, SOURCE_DATE_EPOCH: '1700000000' },
  })
  assert.equal(readFileSync(join(source, 'package.json'), 'utf8'), before)
  const [tarball = ''] = readdirSync(out)
  await run('npm', ['install', '--offline', '--no-audit', '--prefix', folder, join(out, tarball)])

  const installed = readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'))
  assert.deepEqual(installed, ['amazonmusic2mqtt'])
  const at = (path: string): string => join(folder, 'node_modules', 'amazonmusic2mqtt', path)
  const manifest = JSON.parse(readFileSync(at('package.json'), 'utf8')) as Record<string, unknown>
  for (const field of ['dependencies', 'devDependencies', 'scripts']) assert.equal(manifest[field], undefined)
  // What scans the package for faults sees what the bundle holds.
  const bom = JSON.parse(readFileSync(at('dist/sbom.cdx.json'), 'utf8')) as {
    bomFormat: string
    components: { name: string }[]
  }
  assert.equal(bom.bomFormat, 'CycloneDX')
  const { dependencies } = JSON.parse(before) as { dependencies: Record<string, string> }
  const names = new Set(bom.components.map(({ name }) => name))
  assert.deepEqual(
    Object.keys(dependencies).filter((name) => !names.has(name)),
    [],
  )

  const command = join(folder, 'node_modules', '.bin', 'amazonmusic2mqtt')
  const { stdout } = await run(command, ['--version'])
  assert.match(stdout, /^\d+\.\d+\.\d+\n$/)
  const failed = await run(command, ['run'], { env: { PATH: process.env['PATH'] } }).catch(
    (error: unknown) => error as { code: number; stderr: string },
  )
  assert.ok(
    'code' in failed && failed.code === 78 && failed.stderr.includes('A2M_LWA_CLIENT_ID'),
    failed.stderr,
  )
})
