// npm test [-- [--require] [PART OF A PATH…]]: installs and builds what is missing, then runs the tests whose path
// holds one of the parts, all of them if there is none. --require (or CI=true, or A2M_REQUIRE_TOOLS=1) makes a
// missing tool and a skipped test a failure.
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join, relative } from 'node:path'

import { ensurePackages } from './lib/ensure.mjs'
import { root } from './lib/root.mjs'
import { runStage } from './lib/run-stage.mjs'
import { lostTestFiles, testFiles } from './lib/test-files.mjs'
import { ensureTools } from './lib/tools.mjs'

/** In this order: what fails early says most. */
const stages = ['unit', 'sandbox', 'integration', 'contract', 'e2e', 'sound']

/** What is heard is measured to the millisecond: little else may run meanwhile. */
const quiet = ['sound']

/**
 * The longest that one test may last, on a machine that is busy with the others: beyond it a wait is too long, or time
 * should be a clock's.
 */
const slowestSeconds = { unit: 60, sandbox: 60, integration: 240, contract: 120, e2e: 240, sound: 240 }

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
if (parts.length === 0) problems.push(...lostTestFiles(root, files.flat()))

const folder = mkdtempSync(join(tmpdir(), 'a2m-tests-'))
const tests = []
stages.forEach((stage, index) => {
  if (files[index].length === 0) return
  const ran = runStage({
    stage,
    files: files[index],
    folder,
    // Most of them wait for sound, clocks and other processes, not for the processor.
    concurrency: quiet.includes(stage) ? 2 : availableParallelism() + 1,
    slowestMs: slowestSeconds[stage] * 1000,
    env: { ...withoutSettings(process.env), ...(required ? { A2M_REQUIRE_TOOLS: '1' } : {}) },
  })
  tests.push(...ran.tests)
  problems.push(...ran.problems)
})
rmSync(folder, { recursive: true })

const slowest = tests.filter(({ ms }) => ms >= 20_000).sort((a, b) => b.ms - a.ms)
for (const { file, name, ms } of slowest.slice(0, 10))
  console.log(`slow: ${Math.round(ms / 1000)} s: ${relative(root, file)}: ${name}`)
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

/** The settings of whoever runs this are theirs: a test brings its own. */
function withoutSettings(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('A2M_')))
}
