import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AppError } from '../../../src/lib/errors.ts'
import { commands, parseArguments } from '../../../src/cli/arguments.ts'
import { exitCodes, helpText } from '../../../src/cli/help.ts'
import { flagOf, settingKeys, settingsTable } from '../../../src/settings/table.ts'

const plain = {
  command: 'run',
  flags: {},
  sandbox: { lan: false, approve: false, port: 0 },
  json: false,
  settingsOnly: false,
  settingsFile: undefined,
  program: [],
  help: false,
  version: false,
}

for (const [argv, expected] of [
  [[], plain],
  [['run'], plain],
  [['login'], { ...plain, command: 'login' }],
  [['--help'], { ...plain, help: true }],
  [['-h'], { ...plain, help: true }],
  [['-V'], { ...plain, version: true }],
  [
    ['--mqtt-url', 'mqtt://h', 'check', '--locale=de-DE'],
    { ...plain, command: 'check', flags: { mqttUrl: 'mqtt://h', locale: 'de-DE' } },
  ],
  [
    ['demo', '--lan', '--approve', '--port', '8080', '--device-name=attic'],
    {
      ...plain,
      command: 'demo',
      flags: { deviceName: 'attic' },
      sandbox: { lan: true, approve: true, port: 8080 },
    },
  ],
  [
    ['check-player', '--', '/opt/player', '--help', '--', '-x'],
    { ...plain, command: 'check-player', program: ['/opt/player', '--help', '--', '-x'] },
  ],
  [['check-player', '--help'], { ...plain, command: 'check-player', help: true }],
] as const) {
  test(`understands ${JSON.stringify(argv)}`, () => {
    assert.deepEqual(parseArguments(argv), expected)
  })
}

for (const [argv, says] of [
  [['rnu'], /there is no command "rnu": did you mean run\?/],
  [['toString'], /there is no command "toString"/],
  [['run', 'fast'], /unexpected: "fast"/],
  [['--mqt-url=x'], /there is no flag --mqt-url: did you mean --mqtt-url\?/],
  [['-x'], /there is no flag -x/],
  [['--locale'], /--locale needs a value/],
  [['--locale='], /--locale needs a value/],
  [['--locale', '--lan'], /--locale needs a value/],
  [['--locale', 'a', '--locale', 'b'], /--locale is given twice/],
  [['--help=yes'], /--help takes no value/],
  [['run', '--lan'], /--lan belongs to demo and sandbox/],
  [['sandbox', '--locale=en-US'], /sandbox runs none/],
  [['check-player'], /check-player needs the program to try/],
  [['check-player', '--'], /check-player needs the program to try/],
  [['check-player', '/opt/player'], /unexpected: "\/opt\/player"/],
  [['check-player', '--locale=en-US', '--', 'x'], /check-player runs none/],
  [['run', '--', '--locale', 'x'], /unexpected: "--locale" "x"/],
  [['demo', '--port=65536'], /--port: expected a number from 0 to 65535/],
  [['demo', '--port=x'], /--port: expected a number/],
] as const) {
  test(`refuses ${JSON.stringify(argv)} in words`, () => {
    assert.throws(
      () => parseArguments(argv),
      (error) => error instanceof AppError && error.code === 'usage/invalid' && says.test(error.message),
    )
  })
}

test('tells all problems of a command line', () => {
  assert.throws(
    () => parseArguments(['rnu', '--nonsense-flag', '--help=1', '--port=x']),
    (error) =>
      error instanceof AppError && error.code === 'usage/invalid' && error.message.split('\n').length === 4,
  )
})

test('a secret on the command line is refused, and not repeated', () => {
  for (const argv of [
    ['--mqtt-password', 'canary'],
    ['--mqtt-password=canary'],
    ['--mqtt-passwort', 'canary'],
  ]) {
    assert.throws(
      () => parseArguments(argv),
      (error) =>
        error instanceof AppError && error.code === 'usage/invalid' && !error.message.includes('canary'),
    )
  }
  assert.throws(
    () => parseArguments(['--mqtt-password=x']),
    /set A2M_MQTT_PASSWORD or A2M_MQTT_PASSWORD_FILE/,
  )
})

test('the help names every command, setting, flag and exit code, and fits 100 columns', () => {
  const help = helpText()
  for (const name of Object.keys(commands)) assert.match(help, new RegExp(`^  ${name} `, 'm'))
  for (const key of settingKeys) {
    const { env, secret } = settingsTable[key]
    assert.match(help, new RegExp(`^  ${env} `, 'm'))
    assert.equal(help.includes(`--${flagOf(env)} `), !secret)
  }
  for (const [code] of Object.values(exitCodes)) assert.match(help, new RegExp(`^  ${String(code)} `, 'm'))
  for (const line of help.split('\n')) assert.ok(line.length <= 100, line)
})
