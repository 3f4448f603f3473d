import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { settingKeys, settingsTable } from '../../../src/settings/table.ts'

// Nothing here gets as far as to look at the machine; `npm run installing` goes the whole way on machines of its own.
const scripts = join(import.meta.dirname, '..', '..', '..', 'scripts')

/** As a user who may change nothing, even where the tests run as root. */
function run(
  name: string,
  args: readonly string[],
): { status: number | null; stdout: string; stderr: string } {
  const command = ['sh', '-s', '--', ...args]
  const asNobody = process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--clear-groups'] : []
  const [first = '', ...rest] = [...asNobody, ...command]
  const input = readFileSync(join(scripts, name))
  return spawnSync(first, rest, { input, encoding: 'utf8', env: { PATH: process.env['PATH'] } })
}

for (const name of ['install.sh', 'uninstall.sh']) {
  test(`${name}: --help tells its flags and exit codes`, () => {
    const { status, stdout } = run(name, ['--help'])
    assert.equal(status, 0)
    for (const word of ['--yes', 'Exit codes', '64', '69', '77']) assert.ok(stdout.includes(word), word)
  })

  test(`${name}: a flag that there is not ends with 64, and what follows it is not repeated`, () => {
    const { status, stdout, stderr } = run(name, ['--pasword=hunter2'])
    assert.equal(status, 64)
    assert.match(stderr, /There is no flag --pasword\./)
    assert.equal(`${stdout}${stderr}`.includes('hunter2'), false)
  })

  test(`${name}: without root it says what to type, and ends with 77`, () => {
    const { status, stderr } = run(name, ['--yes'])
    assert.match(stderr, new RegExp(`Run: sudo sh ${name.replace('.', '\\.')}`))
    assert.equal(status, 77)
  })
}

test('install.sh: a password on the command line is refused, and not repeated', () => {
  for (const args of [
    ['--mqtt-password', 'hunter2'],
    ['--mqtt-password=hunter2'],
    ['--mqtt-url=mqtt://kitchen:hunter2@broker'],
  ]) {
    const { status, stdout, stderr } = run('install.sh', args)
    assert.equal(status, 64)
    assert.match(stderr, /--mqtt-password-file/)
    assert.equal(`${stdout}${stderr}`.includes('hunter2'), false)
  }
})

test('install.sh: a flag without its value, a switch with one, and files that are not there end with 64', () => {
  for (const [args, words] of [
    [['--mqtt-url'], /--mqtt-url needs a value/],
    [['--mqtt-url='], /--mqtt-url needs a value/],
    [['--yes=no'], /--yes takes no value/],
    [['--package', '/nowhere/x.deb'], /\/nowhere\/x\.deb cannot be read/],
    [['stray'], /no flag/],
  ] as const) {
    const { status, stderr } = run('install.sh', args)
    assert.equal(status, 64, args.join(' '))
    assert.match(stderr, words)
  }
})

test('install.sh: what is cut off in the middle does nothing', () => {
  const whole = readFileSync(join(scripts, 'install.sh'), 'utf8')
  const cut = whole.slice(0, whole.lastIndexOf('main "$@"'))
  const { stdout, stderr } = spawnSync('sh', ['-s', '--', '--help'], { input: cut, encoding: 'utf8' })
  assert.deepEqual([stdout, stderr], ['', ''])
})

test('install.sh: each setting that it names is one of the agent', () => {
  const text = readFileSync(join(scripts, 'install.sh'), 'utf8')
  const known: readonly string[] = settingKeys.map((key) => settingsTable[key].env)
  const named = [...text.matchAll(/\bA2M_[A-Z]+(?:_[A-Z]+)*\b/g)].map(([name]) => name)
  assert.ok(named.length > 10, `named.length > 10: ${named.length}`)
  assert.deepEqual(
    [...new Set(named)].filter((name) => name !== 'A2M_SOMETHING' && !known.includes(name)),
    [],
  )
})
