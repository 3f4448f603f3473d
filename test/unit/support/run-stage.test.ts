import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import { eventually } from '../../support/eventually.ts'
import { tempFolder } from '../../support/temp-folder.ts'

const lib = join(import.meta.dirname, '..', '..', '..', 'scripts', 'lib')

interface Ran {
  readonly tests: readonly { readonly name: string; readonly outcome: string; readonly ms: number }[]
  readonly problems: readonly string[]
}

/** Runs a planted test file as `npm test` does. */
function run(t: TestContext, code: string): Ran & { readonly said: string } {
  const folder = tempFolder(t)
  const file = join(folder, 'planted.test.ts')
  writeFileSync(file, `import test from 'node:test'\n${code}`)
  mkdirSync(join(folder, 'run'))
  const options = JSON.stringify({
    stage: 'unit',
    files: [file],
    folder: join(folder, 'run'),
    concurrency: 1,
    slowestMs: 700,
    hungMs: 3_000,
  })
  // A runner inside a test would take itself for a part of it.
  const env = { ...process.env }
  delete env['NODE_TEST_CONTEXT']
  const script = `
    import { writeFileSync } from 'node:fs'
    import { runStage } from ${JSON.stringify(join(lib, 'run-stage.mjs'))}
    const ran = runStage({ ...${options}, env: process.env })
    writeFileSync(${JSON.stringify(join(folder, 'ran.json'))}, JSON.stringify(ran))`
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    env,
    encoding: 'utf8',
    timeout: 60_000,
  })
  const out = join(folder, 'ran.json')
  assert.equal(existsSync(out), true, stdout + stderr)
  return { ...(JSON.parse(readFileSync(out, 'utf8')) as Ran), said: stdout + stderr }
}

test('a good test passes without a problem, in a zone that is not UTC', (t) => {
  const { tests, problems } = run(
    t,
    `import assert from 'node:assert/strict'
    test('good', () => assert.equal(new Date(Date.UTC(2026, 0, 1)).getTimezoneOffset(), 210))`,
  )
  assert.deepEqual(problems, [])
  assert.deepEqual(
    tests.map(({ name, outcome }) => [name, outcome]),
    [['good', 'pass']],
  )
})

test('a test that lasts too long fails the run', (t) => {
  const { problems } = run(t, `test('slow', () => new Promise((resolve) => setTimeout(resolve, 1_500)))`)
  assert.equal(problems.length, 1)
  assert.match(problems[0] ?? '', /planted\.test\.ts: "slow" lasted [12] s; a test of unit may last 0\.7 s/)
})

test('a test that hangs is named long before the runner ends its file', (t) => {
  const { problems, said } = run(
    t,
    `test('hangs', () => new Promise(() => setInterval(() => undefined, 1_000)))`,
  )
  assert.match(said, /"hangs" still runs after 3 s\. What keeps it: .*Timeout/)
  assert.equal(problems[0], 'stage unit ended with exit code 1')
})

test('a process that a test leaves behind fails the run, and ends', async (t) => {
  const { problems, said } = run(
    t,
    `import { spawn } from 'node:child_process'
    const options = { detached: true, stdio: 'ignore', env: { PATH: process.env.PATH } }
    test('leaves', () => {
      const child = spawn('sleep', ['987'], options)
      console.log('left ' + child.pid)
      child.unref()
    })`,
  )
  assert.deepEqual(problems, ['a test has left a process behind: sleep 987'])
  // Of one that has ended and that nobody has collected there is a folder, and no command line.
  const commandLine = `/proc/${/left (\d+)/.exec(said)?.[1] ?? '?'}/cmdline`
  await eventually('its end', () => !existsSync(commandLine) || readFileSync(commandLine, 'utf8') === '')
})

test('a folder that a test leaves behind fails the run', (t) => {
  const { problems } = run(
    t,
    `import { mkdtempSync } from 'node:fs'
    import { tempParent } from ${JSON.stringify(join(import.meta.dirname, '..', '..', 'support', 'temp-folder.ts'))}
    test('leaves', () => void mkdtempSync(tempParent + '/left-'))`,
  )
  assert.equal(problems.length, 1)
  assert.match(problems[0] ?? '', /a test has left a folder behind: left-/)
})

test('a file without a test fails the run', (t) => {
  assert.match(run(t, '').problems.join(), /planted\.test\.ts ran no test/)
})
