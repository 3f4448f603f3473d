// npm test [-- [--require] [PART OF A PATH…]]: installs and builds what is missing, then runs the tests whose path
// holds one of the parts, all of them if there is none. --require (or CI=true, or A2M_REQUIRE_TOOLS=1) makes a
// missing tool and a skipped test a failure.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { basename, join, relative } from 'node:path'

import { ensurePackages } from './lib/ensure.mjs'
import { root } from './lib/root.mjs'
import { ensureTools } from './lib/tools.mjs'

/** In this order: what fails early says most. */
const stages = ['unit', 'sandbox', 'integration', 'contract', 'e2e', 'sound']

/** What is heard is measured to the millisecond: little else may run meanwhile. */
const quiet = ['sound']

/** How many test files there are at least. A run that finds fewer has lost some. Raise it when you add some. */
const leastFiles = 299

/** Why a test may be skipped even where every tool is required: none of these is a tool. */
const fairReasons = ['root may open everything', 'namespaces may not be made here']

const parts = process.argv.slice(2).filter((argument) => argument !== '--require')
const required =
  process.argv.includes('--require') ||
  process.env['CI'] === 'true' ||
  process.env['A2M_REQUIRE_TOOLS'] === '1'

ensurePackages()
ensureTools({ required })
const { bundle } = await import('./lib/bundle.mjs')
await bundle()

const files = stages.map((stage) =>
  testFiles(join(root, 'test', stage)).filter(
    (file) => parts.length === 0 || parts.some((part) => relative(root, file).includes(part)),
  ),
)
const problems = []
const seen = files.flat().length
if (seen === 0) problems.push(`no test file has ${parts.join(' or ')} in its path`)
if (parts.length === 0 && seen < leastFiles)
  problems.push(`${seen} test files, expected at least ${leastFiles}`)

const folder = mkdtempSync(join(tmpdir(), 'a2m-tests-'))
const tests = []
stages.forEach((stage, index) => {
  if (files[index].length === 0) return
  const tally = join(folder, stage)
  const { status, signal } = spawnSync(
    process.execPath,
    [
      '--import=tsx',
      '--test',
      // A test that hangs would keep everything else from being told.
      '--test-timeout=600000',
      // Most of them wait for sound, clocks and other processes, not for the processor.
      `--test-concurrency=${quiet.includes(stage) ? 2 : availableParallelism() + 1}`,
      '--test-reporter=spec',
      '--test-reporter-destination=stdout',
      `--test-reporter=${join(root, 'scripts', 'lib', 'tally-reporter.mjs')}`,
      `--test-reporter-destination=${tally}`,
      ...files[index],
    ],
    {
      cwd: root,
      stdio: 'inherit',
      env: { ...withoutSettings(process.env), ...(required ? { A2M_REQUIRE_TOOLS: '1' } : {}) },
    },
  )
  const found = readFileSync(tally, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
  tests.push(...found.filter(({ outcome }) => outcome !== 'empty'))
  if (status !== 0) problems.push(`stage ${stage} ended with ${signal ?? `exit code ${status}`}`)
  // A file that node:test did not understand, or whose tests are never reached, would pass in silence.
  for (const file of files[index]) {
    const own = found.filter((test) => test.file === file)
    const isEmpty =
      own.some(({ outcome }) => outcome === 'empty') || (own.length === 0 && !sharesTests(file, found))
    if (isEmpty) problems.push(`${relative(root, file)} ran no test`)
  }
})
rmSync(folder, { recursive: true })

const count = (outcome) => tests.filter((test) => test.outcome === outcome).length
const skipped = tests.filter(({ outcome }) => outcome === 'skip' || outcome === 'todo')
for (const { file, name, why } of skipped)
  console.log(`skipped: ${relative(root, file)}: ${name} ${why}`.trimEnd())
const unfair = skipped.filter(({ why }) => !fairReasons.includes(why))
if (required && unfair.length > 0) problems.push(`${unfair.length} tests were skipped, and none may be`)

console.log(`\n# files ${seen}\n# tests ${tests.length}\n# pass ${count('pass')}\n# fail ${count('fail')}`)
console.log(`# skipped ${skipped.length}`)
for (const problem of problems) console.error(`npm test: ${problem}`)
process.exitCode = problems.length === 0 && count('fail') === 0 ? 0 : 1

function testFiles(path) {
  return readdirSync(path, { withFileTypes: true })
    .flatMap((entry) => {
      const found = join(path, entry.name)
      return entry.isDirectory() ? testFiles(found) : entry.name.endsWith('.test.ts') ? [found] : []
    })
    .sort()
}

/** Whether it imports a file whose tests ran: its own may be made by a function there. */
function sharesTests(file, found) {
  const text = readFileSync(file, 'utf8')
  return found.some((test) => test.file !== undefined && text.includes(`/${basename(test.file)}'`))
}

/** The settings of whoever runs this are theirs: a test brings its own. */
function withoutSettings(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('A2M_')))
}
