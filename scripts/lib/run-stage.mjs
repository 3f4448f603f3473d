import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'

import { processesWith } from './left-behind.mjs'
import { root } from './root.mjs'

/** A zone whose offset is negative and not whole hours: a sign or a division that is wrong shows. */
const zone = 'America/St_Johns'

/** What ends with its test may take this long to be gone. */
const goneWithinMs = 3_000

/**
 * Runs test files and returns their tests (lines of tally-reporter.mjs) and what is wrong besides tests that failed:
 * files without a test, tests slower than `slowestMs`, processes and folders that are left behind.
 *
 * @param stage name of the kind of test
 * @param files absolute paths
 * @param folder an empty folder of the run's own
 * @param slowestMs longest that one test may last
 * @param hungMs a test that lasts longer ends its file, by name
 */
export function runStage({
  stage,
  files,
  folder,
  concurrency,
  slowestMs,
  hungMs = 300_000,
  env,
  stdio = 'inherit',
}) {
  const problems = []
  const tally = join(folder, `${stage}.tally`)
  const own = join(folder, stage)
  mkdirSync(own)
  // Some tests have parts that run as another user.
  for (const path of [folder, own]) chmodSync(path, 0o755)
  const { status, signal } = spawnSync(
    process.execPath,
    [
      '--import=tsx',
      `--import=${join(root, 'scripts', 'lib', 'hung-test.mjs')}`,
      '--test',
      // A file that hangs would keep everything else from being told.
      '--test-timeout=600000',
      `--test-concurrency=${concurrency}`,
      '--test-reporter=spec',
      '--test-reporter-destination=stdout',
      `--test-reporter=${join(root, 'scripts', 'lib', 'tally-reporter.mjs')}`,
      `--test-reporter-destination=${tally}`,
      ...files,
    ],
    {
      cwd: root,
      stdio,
      env: {
        ...env,
        // The mark by which left-behind.mjs knows what tests have started.
        PATH: `${env['PATH'] ?? ''}:${own}`,
        TZ: zone,
        A2M_TEST_FOLDER: own,
        A2M_HUNG_TEST_MS: String(hungMs),
      },
    },
  )
  const found = readFileSync(tally, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
  if (status !== 0) problems.push(`stage ${stage} ended with ${signal ?? `exit code ${status}`}`)
  // A file that node:test did not understand, or whose tests are never reached, would pass in silence.
  for (const file of files) {
    const ofFile = found.filter((test) => test.file === file)
    const isEmpty =
      ofFile.some(({ outcome }) => outcome === 'empty') || (ofFile.length === 0 && !sharesTests(file, found))
    if (isEmpty) problems.push(`${relative(root, file)} ran no test`)
  }
  const tests = found.filter(({ outcome }) => outcome !== 'empty')
  for (const { file, name, ms } of tests)
    if (ms > slowestMs)
      problems.push(
        `${relative(root, file)}: "${name}" lasted ${Math.round(ms / 1000)} s; a test of ${stage} may last ${slowestMs / 1000} s`,
      )
  problems.push(...leftBehind(own))
  return { tests, problems }
}

/** Ends what is left, so that it does not disturb what comes. */
function leftBehind(own) {
  const endMs = performance.now() + goneWithinMs
  while (processesWith(own).length > 0 && performance.now() < endMs)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
  const processes = processesWith(own).map(({ pid, command }) => {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // Gone by now, and too late all the same.
    }
    return `a test has left a process behind: ${command.slice(0, 200)}`
  })
  return [...processes, ...readdirSync(own).map((name) => `a test has left a folder behind: ${name}`)]
}

/** Whether it imports a file whose tests ran: its own may be made by a function there. */
function sharesTests(file, found) {
  const text = readFileSync(file, 'utf8')
  return found.some((test) => test.file !== undefined && text.includes(`/${basename(test.file)}'`))
}
