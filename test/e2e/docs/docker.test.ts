import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { commands } from '../../../src/cli/arguments.ts'
import { settingKeys, settingsTable } from '../../../src/settings/table.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { requireTool } from '../../support/tools.ts'

const docs = join(import.meta.dirname, '..', '..', '..', 'docs')
const read = (name: string): string => readFileSync(join(docs, name), 'utf8')
const dockerfile = read('docker/Dockerfile').replace(/\\\n\s*/g, '')
const known: readonly string[] = settingKeys.map((key) => settingsTable[key].env)

test(
  'compose takes its file, with its secret, its volume and its broker',
  { skip: requireTool('docker-compose') },
  (t) => {
    const folder = tempFolder(t)
    cpSync(join(docs, 'docker'), folder, { recursive: true })
    writeFileSync(join(folder, 'amazonmusic2mqtt.env'), 'A2M_LWA_CLIENT_ID=from-the-file\n')
    writeFileSync(join(folder, 'mqtt-password'), 'open sesame\n')
    const said = execFileSync('docker-compose', ['--file', 'compose.yaml', 'config'], {
      cwd: folder,
      encoding: 'utf8',
    })
    for (const form of [
      /A2M_LWA_CLIENT_ID: from-the-file/,
      /A2M_MQTT_PASSWORD_FILE: \/run\/secrets\/mqtt-password/,
      /source: mqtt-password/,
      /\/var\/lib\/amazonmusic2mqtt/,
      /read_only: true/,
    ]) {
      assert.match(said, form)
    }
    assert.ok(!said.includes('open sesame'), 'the password is in no variable')
  },
)

test('the Dockerfile runs the agent as a user of its own, on its volume, and asks it how it is', () => {
  const lines = dockerfile.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const all = (name: string): readonly string[] =>
    lines.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1))
  const instructions = ['FROM', 'RUN', 'COPY', 'ENV', 'USER', 'VOLUME', 'HEALTHCHECK', 'ENTRYPOINT', 'CMD']
  for (const line of lines) assert.ok(instructions.includes(line.split(' ')[0] ?? ''), line)

  const [uid] = all('USER')
  assert.match(all('RUN').join('\n'), new RegExp(`useradd .*--uid ${uid ?? '?'} `))
  const [volume] = all('VOLUME')
  assert.equal(
    all('ENV')
      .join(' ')
      .includes(`A2M_STATE_DIR=${volume ?? '?'}`),
    true,
  )
  assert.match(all('RUN').join('\n'), new RegExp(`install --directory --mode 0700 .* ${volume ?? '?'}$`, 'm'))
  const words = (text = ''): unknown => JSON.parse(/\[.*\]/.exec(text)?.[0] ?? 'null')
  assert.deepEqual(words(all('ENTRYPOINT')[0]), ['amazonmusic2mqtt'])
  for (const text of [all('HEALTHCHECK')[0], all('CMD')[0]]) {
    const [command] = (words(text) as readonly string[]).slice(-1)
    assert.ok(command !== undefined && command in commands, text)
  }
  // What is not cleared in the instruction that made it stays in the image for good.
  for (const run of all('RUN').filter((one) => one.includes('apt-get install'))) {
    assert.match(run, /apt-get update &&.*--no-install-recommends.*rm -rf \/var\/lib\/apt\/lists/)
  }
})

test('what the files of Docker and docs/install.md set is a setting, and the numbers of users agree', () => {
  const text = ['docker/Dockerfile', 'docker/compose.yaml', 'install.md'].map(read).join('\n')
  const named = [...text.matchAll(/\bA2M_[A-Z]+(?:_[A-Z]+)*\b/g)].map(([name]) => name)
  assert.deepEqual(
    [...new Set(named)].filter((name) => name !== 'A2M_SOMETHING' && !known.includes(name)),
    [],
  )
  const uid = /useradd .*--uid (\d+)/.exec(dockerfile)?.[1] ?? '?'
  assert.equal(read('install.md').includes(`sudo chown ${uid} mqtt-password`), true)
})
