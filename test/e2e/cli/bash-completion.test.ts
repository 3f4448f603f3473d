import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import { bashCompletion } from '../../../scripts/package/bash-completion.ts'
import { AppError } from '../../../src/lib/errors.ts'
import { commands, ownFlags, parseArguments } from '../../../src/cli/arguments.ts'
import { flagOf, settingKeys, settingsTable } from '../../../src/settings/table.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { requireTool } from '../../support/tools.ts'

function installed(t: TestContext): string {
  const file = join(tempFolder(t), 'amazonmusic2mqtt')
  writeFileSync(file, bashCompletion())
  return file
}

/** What bash offers for the last of `words`, as its own completion calls the function. */
function offered(file: string, ...words: readonly string[]): readonly string[] {
  const script = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
    _amazonmusic2mqtt; printf '%s\\n' "\${COMPREPLY[@]}"`
  const said = execFileSync(
    'bash',
    ['--norc', '-u', '-c', script, 'bash', file, 'amazonmusic2mqtt', ...words],
    { encoding: 'utf8' },
  )
  return said.split('\n').filter(Boolean)
}

test('every command is offered, and those that begin as what is typed', (t) => {
  const file = installed(t)
  assert.deepEqual(offered(file, ''), Object.keys(commands))
  assert.deepEqual(offered(file, 'log'), ['login', 'logout'])
  assert.deepEqual(offered(file, 'login', ''), [])
})

test('a command is offered exactly the flags that it takes', (t) => {
  const file = installed(t)
  const settings = settingKeys.map((key) => flagOf(settingsTable[key].env))
  const own = ownFlags.flatMap(({ flags }) => Object.keys(flags))
  const all = [...settings, ...own, 'help', 'version'].map((name) => `--${name}`)
  for (const command of Object.keys(commands)) {
    const taken = all.filter((flag) => isTaken(command, flag))
    const flags = offered(file, command, '-')
    assert.deepEqual([...flags].sort(), [...taken, '-h', '-V'].sort(), command)
  }
})

/** Whether the command line itself finds nothing wrong with a flag but its value. */
function isTaken(command: string, flag: string): boolean {
  const problems = [[flag], [`${flag}=1`]].map((given) => {
    try {
      parseArguments([command, ...given, ...(command === 'check-player' ? ['--', 'x'] : [])])
      return ''
    } catch (error) {
      assert.ok(error instanceof AppError, 'error instanceof AppError')
      return error.message
    }
  })
  return problems.some((problem) => !problem.includes(flag))
}

test('values are offered where there is a choice, and files where a file is meant', (t) => {
  const file = installed(t)
  assert.deepEqual(offered(file, 'run', '--player', ''), ['auto', 'none', 'mpv', 'command'])
  assert.deepEqual(offered(file, 'run', '--player', '=', 'm'), ['mpv'])
  assert.deepEqual(offered(file, 'run', '--state-topics', '='), ['on', 'off'])
  const folder = tempFolder(t)
  writeFileSync(join(folder, 'ca file.pem'), '')
  assert.deepEqual(offered(file, 'run', '--mqtt-ca-file', join(folder, 'ca')), [join(folder, 'ca file.pem')])
  assert.deepEqual(offered(file, 'run', '--device-name', ''), [])
  assert.equal(offered(file, 'check-player', '--', 'bas').includes('bash'), true)
})

test('a tab completes in a real terminal', { skip: requireTool('script'), timeout: 30_000 }, async (t) => {
  const terminal = spawn('script', ['-qec', 'bash --norc --noprofile -i', '/dev/null'], {
    env: { PATH: process.env['PATH'], TERM: 'dumb', PS1: '> ' },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  t.after(() => terminal.kill('SIGKILL'))
  let screen = ''
  let typed = 0
  const keys = [
    `source '${installed(t)}'; echo rea''dy\n`,
    'echo amazonmusic2mqtt; amazonmusic2mqtt stat\t--state-d\t',
  ]
  const after = [/> $/, /ready\r?\n.*> $/]
  for await (const chunk of terminal.stdout.setEncoding('utf8') as AsyncIterable<string>) {
    screen += chunk
    const next = after[typed]
    if (next?.test(screen) === true) terminal.stdin.write(keys[typed++] ?? '')
    if (screen.includes('amazonmusic2mqtt status --state-dir ')) return
  }
  assert.fail(screen)
})
