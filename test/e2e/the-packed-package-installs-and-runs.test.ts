import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

import { tempFolder } from '../support/temp-folder.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '..', '..')

test('the package that npm pack makes installs from the tarball alone, without any other package, and runs', async (t) => {
  const folder = tempFolder(t)
  // --ignore-scripts: dist is built already, and nothing else may be needed to pack it.
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: root })
  const [tarball = ''] = readdirSync(folder)
  await run('npm', ['install', '--offline', '--no-audit', '--prefix', folder, join(folder, tarball)])

  const installed = readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'))
  assert.deepEqual(installed, ['amazonmusic2mqtt'])
  const command = join(folder, 'node_modules', '.bin', 'amazonmusic2mqtt')
  const { stdout } = await run(command, ['--version'])
  assert.match(stdout, /^\d+\.\d+\.\d+\n$/)
  const failed = await run(command, ['run'], { env: { PATH: process.env['PATH'] } }).catch(
    (error: unknown) => error as { code: number; stderr: string },
  )
  assert.ok('code' in failed && failed.code === 78 && failed.stderr.includes('A2M_LWA_CLIENT_ID'))
})
