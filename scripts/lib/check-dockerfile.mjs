// Fails when a validator of Docker's language or shellcheck has a word to say about docs/docker/Dockerfile. Warnings
// count, which the validator's own command lets pass: what it warns of is built, and then does something else.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { validate } from 'dockerfile-utils'

import { root } from './root.mjs'

const text = readFileSync(join(root, 'docs/docker/Dockerfile'), 'utf8')
const problems = validate(text).map(({ range, message }) => `line ${range.start.line + 1}: ${message}`)

// Docker gives each RUN to sh. Empty lines before it keep the numbers of lines what they are in the file.
for (const run of text.matchAll(/^RUN (?!\[)((?:.*\\\n)*.*)$/gm)) {
  const script = '\n'.repeat(text.slice(0, run.index).split('\n').length - 1) + run[1] + '\n'
  const { error, stdout } = spawnSync('shellcheck', ['--shell=sh', '--format=gcc', '-'], {
    input: script,
    encoding: 'utf8',
  })
  if (error !== undefined) throw error
  problems.push(...stdout.split('\n').filter((line) => line !== ''))
}

if (problems.length > 0) {
  console.log(problems.join('\n'))
  process.exitCode = 1
}
