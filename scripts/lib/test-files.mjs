import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Where git does not know the files, as in an unpacked archive: a run that finds fewer has lost some. */
const leastWithoutGit = 300

/** What lies here needs other programs, and a script of its own runs it, such as `npm run node-red`. */
const ownScripts = 'test/system/'

/** The test files below `path`, absolute and sorted. */
export function testFiles(path) {
  return readdirSync(path, { withFileTypes: true })
    .flatMap((entry) => {
      const found = join(path, entry.name)
      return entry.isDirectory() ? testFiles(found) : entry.name.endsWith('.test.ts') ? [found] : []
    })
    .sort()
}

/**
 * What is wrong with the choice of test files of a whole run: each file that git tracks must be among them.
 *
 * @param {string} root the repository
 * @param {readonly string[]} files absolute
 * @param {number} least how many there must be where git does not know them
 * @returns {readonly string[]} a sentence each
 */
export function lostTestFiles(root, files, least = leastWithoutGit) {
  const tracked = trackedTestFiles(root)
  if (tracked === undefined) {
    return files.length < least ? [`${files.length} test files, expected at least ${least}`] : []
  }
  const chosen = new Set(files)
  return tracked
    .filter((file) => !chosen.has(join(root, file)))
    .map((file) => `${file} was not run: it is missing, or in no stage of the tests`)
}

/** Relative to `root`; undefined without git, without a repository, or when the repository is another one's. */
function trackedTestFiles(root) {
  const { status, stdout } = spawnSync('git', ['ls-files', '-z', '--', 'test/**/*.test.ts'], {
    cwd: root,
    encoding: 'utf8',
  })
  const found =
    status === 0 ? stdout.split('\0').filter((file) => file !== '' && !file.startsWith(ownScripts)) : []
  return found.length === 0 ? undefined : found
}
