import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test, type TestContext } from 'node:test'

import { tempFolder } from '../../support/temp-folder.ts'

const module = join(import.meta.dirname, '..', '..', '..', 'scripts', 'lib', 'test-files.mjs')

function folderWith(t: TestContext, files: readonly string[]): string {
  const root = tempFolder(t)
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), '')
  }
  return root
}

function track(root: string): void {
  execFileSync('git', ['init', '-q'], { cwd: root })
  execFileSync('git', ['add', '.'], { cwd: root })
}

/** What a run of these stages says when at least two files are expected. */
function problemsOf(root: string, stages: readonly string[], env = process.env): unknown {
  const script = `
    import { lostTestFiles, testFiles } from ${JSON.stringify(module)}
    const [root, ...stages] = ${JSON.stringify([root, ...stages])}
    const files = stages.flatMap((stage) => testFiles(root + '/test/' + stage))
    process.stdout.write(JSON.stringify(lostTestFiles(root, files, 2)))`
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    env,
    encoding: 'utf8',
  })
  assert.equal(stderr, '')
  return JSON.parse(stdout)
}

const three = ['test/unit/a.test.ts', 'test/unit/room/b.test.ts', 'test/other/c.test.ts']

test('every test file that git tracks must be run', (t) => {
  const root = folderWith(t, three)
  track(root)
  assert.deepEqual(problemsOf(root, ['unit', 'other']), [])
  assert.deepEqual(problemsOf(root, ['unit']), [
    'test/other/c.test.ts was not run: it is missing, or in no stage of the tests',
  ])
  rmSync(join(root, 'test/unit/room'), { recursive: true })
  assert.deepEqual(problemsOf(root, ['unit', 'other']), [
    'test/unit/room/b.test.ts was not run: it is missing, or in no stage of the tests',
  ])
})

test('tests that a script of their own runs are not missed', (t) => {
  const root = folderWith(t, [...three, 'test/system/node-red/flow.test.ts'])
  track(root)
  assert.deepEqual(problemsOf(root, ['unit', 'other']), [])
})

test('without a repository or without git there is a least number', (t) => {
  const root = folderWith(t, three)
  assert.deepEqual(problemsOf(root, ['unit']), [])
  assert.deepEqual(problemsOf(root, ['other']), ['1 test files, expected at least 2'])
  track(root)
  assert.deepEqual(problemsOf(root, ['other'], { PATH: '/nowhere' }), ['1 test files, expected at least 2'])
})
