import assert from 'node:assert/strict'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import type { Finding } from '../../../../src/diagnostics/finding.ts'
import { probeSettings } from '../../../../src/diagnostics/probes/settings.ts'
import { givenText } from '../../../../src/settings/given-text.ts'
import { commandLine } from '../../../../src/settings/kinds.ts'
import { readSettings } from '../../../../src/settings/read-settings.ts'
import { readSettingsFile } from '../../../../src/settings/settings-file.ts'
import { settingKeys, settingsTable } from '../../../../src/settings/table.ts'
import { tempFolder } from '../../../support/temp-folder.ts'

const needed = {
  A2M_LWA_CLIENT_ID: 'amzn1.application-oa2-client.0123456789abcdef',
  A2M_SECURITY_PROFILE_ID: 'amzn1.application.0123456789abcdef',
}

function told(
  env: Readonly<Record<string, string>>,
  file = '/nowhere/a2m.env',
  flags: Readonly<Record<string, string>> = {},
): readonly Finding[] {
  const facts = { hostName: 'pi', homeDir: '/root', readFile: (path: string) => readFileSync(path, 'utf8') }
  const findings: Finding[] = []
  probeSettings(
    {
      table: settingKeys.map((key) => settingsTable[key]),
      flags,
      env,
      facts,
      isCommandLine: (setting) => setting.parse === commandLine,
      readAll: () => readSettings({ env, flags: {}, facts }).notices,
      givenText,
      lineProblems: (text) => readSettingsFile(text).problems,
      file,
    },
    (finding) => findings.push(finding),
  )
  return findings
}

const rows = (findings: readonly Finding[]): readonly string[] =>
  findings.filter(({ name }) => name === 'set').map(({ words }) => words)

test('only what differs from its default is told, and where it comes from', (t) => {
  const file = join(tempFolder(t), 'a2m.env')
  writeFileSync(file, 'A2M_LOG_LEVEL=debug\nA2M_BASE_TOPIC="home"\n', { mode: 0o640 })
  const env = {
    ...needed,
    A2M_LOG_LEVEL: 'debug',
    A2M_BASE_TOPIC: 'attic',
    A2M_PLAYER: 'auto',
    A2M_GROUPS: '',
  }
  assert.deepEqual(rows(told(env, file, { A2M_DEVICE_NAME: 'kitchen' })), [
    'A2M_LWA_CLIENT_ID=…abcdef (environment)',
    'A2M_SECURITY_PROFILE_ID=…abcdef (environment)',
    'A2M_BASE_TOPIC=attic (environment, stronger than the settings file)',
    'A2M_DEVICE_NAME=kitchen (flag)',
    'A2M_LOG_LEVEL=debug (settings file)',
  ])
})

test('a line that systemd and Node read differently is told by its number', (t) => {
  const file = join(tempFolder(t), 'a2m.env')
  writeFileSync(file, 'A2M_LOG_LEVEL=debug\nA2M_MQTT_PASSWORD=abc#MARKER\n', { mode: 0o640 })
  const found = told(needed, file).filter(({ mark, name }) => mark === 'warn' && name === 'settings file')
  assert.deepEqual(
    found.map(({ words }) => words.split(':').slice(0, 2).join(':')),
    ['line 2: A2M_MQTT_PASSWORD'],
  )
  assert.equal(JSON.stringify(found).includes('MARKER'), false)
})

test('a secret, a user, the arguments of a program and what is not usable are not shown', () => {
  const marked = {
    A2M_MQTT_URL: 'mqtts://user:MARKER@broker.example:8883',
    A2M_HOOK: '/opt/hook --token MARKER',
    A2M_PLAYER_COMMAND: '["/opt/player","MARKER"]',
    A2M_MUSIC_URL: 'https://x:MARKER@music.example',
    A2M_GROUPS: 'MARKER is no slug',
    A2M_LWA_CLIENT_ID: 'MARKER',
  }
  const findings = told({ ...needed, ...marked })
  assert.ok(!JSON.stringify(findings).includes('MARKER'), JSON.stringify(findings))
  assert.deepEqual(
    rows(findings).filter((row) => /URL|HOOK|COMMAND|GROUPS/.test(row)),
    [
      'A2M_MUSIC_URL=[not usable, so not shown] (environment)',
      'A2M_MQTT_URL=mqtts://broker.example:8883 (environment)',
      'A2M_GROUPS=[not usable, so not shown] (environment)',
      'A2M_PLAYER_COMMAND=/opt/player [1 arguments, not shown] (environment)',
      'A2M_HOOK=/opt/hook [2 arguments, not shown] (environment)',
    ],
  )
  const secret = told({ ...needed, A2M_MQTT_USERNAME: 'MARKER', A2M_MQTT_PASSWORD: 'MARKER' })
  assert.equal(JSON.stringify(secret).includes('MARKER'), false)
  assert.equal(rows(secret).includes('A2M_MQTT_PASSWORD=[secret] (environment)'), true)
})

test('every problem has a line, with what to do', () => {
  const failures = told({ A2M_GROUPS: 'no slug!' }).filter(({ mark }) => mark === 'FAIL')
  assert.deepEqual(
    failures.map(({ words, code }) => [/^A2M_\w+/.exec(words)?.[0], code]),
    ['A2M_LWA_CLIENT_ID', 'A2M_SECURITY_PROFILE_ID', 'A2M_GROUPS'].map((name) => [name, 'settings/invalid']),
  )
})

test('a settings file that everybody can read is warned of', (t: TestContext) => {
  const file = join(tempFolder(t), 'a2m.env')
  writeFileSync(file, '')
  const mark = (mode: number): string | undefined => {
    chmodSync(file, mode)
    return told(needed, file).find(({ name }) => name === 'settings file')?.mark
  }
  assert.deepEqual([mark(0o640), mark(0o644)], ['info', 'warn'])
})
