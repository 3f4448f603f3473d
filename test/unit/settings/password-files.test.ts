import assert from 'node:assert/strict'
import { writeFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { readSettings } from '../../../src/settings/read-settings.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { enough, facts, problems, read } from './sources.ts'

const user = { A2M_MQTT_USERNAME: 'pat' }
/** Every way a password comes from a file. */
const ways = [
  { name: 'A2M_MQTT_PASSWORD_FILE', env: { ...user, A2M_MQTT_PASSWORD_FILE: '/run/c/mqtt-password' } },
  { name: 'Credential mqtt-password', env: { ...user, CREDENTIALS_DIRECTORY: '/run/c' } },
]

for (const { name, env } of ways) {
  test(`${name}: a byte order mark and the last line feed are no part of the password`, () => {
    for (const content of ['\ufeffs3cret', '\ufeffs3cret\r\n', 's3cret\n']) {
      assert.equal(
        read(env, {}, { '/run/c/mqtt-password': content }).settings.mqttPassword?.reveal(),
        's3cret',
      )
    }
  })

  test(`${name}: what is not one line of UTF-8 is named, and not repeated`, () => {
    for (const [content, words] of [
      ['s3cret\nmore\n', /has 2 lines; expected the password alone/],
      ['s3cret\n\n', /has 2 lines/],
      ['\ns3cret', /has 2 lines/],
      ['s3cret\rmore', /has 2 lines/],
      ['\ufeff\n', /is empty/],
      [Buffer.from('\ufeffs3cret', 'utf16le').toString('utf8'), /UTF-16/],
      [Buffer.from('s3cret', 'utf16le').toString('utf8'), /UTF-16/],
      [Buffer.from([0x73, 0xe9]).toString('utf8'), /is not UTF-8/],
    ] as const) {
      const found = problems(env, {}, { '/run/c/mqtt-password': content })
      assert.equal(found.length, 1, JSON.stringify(found))
      assert.ok(found[0]?.startsWith(`${name}: /run/c/mqtt-password `), found[0])
      assert.match(found[0] ?? '', words)
      assert.doesNotMatch(found[0] ?? '', /s3cret|more$/)
    }
  })
}

test('a real file in UTF-16, as Notepad saves it, is named', (t) => {
  const path = join(tempFolder(t), 'password')
  writeFileSync(path, Buffer.from('\ufeffs3cret\r\n', 'utf16le'))
  const sources = {
    env: { ...enough, ...user, A2M_MQTT_PASSWORD_FILE: path },
    flags: {},
    facts: { ...facts(), readFile: (file: string) => readFileSync(file, 'utf8') },
  }
  assert.throws(() => readSettings(sources), { code: 'settings/invalid', message: /UTF-16/ })
})

test('a PEM file behind a byte order mark, and a routes file in UTF-16, are named', () => {
  const pem = '\ufeff-----BEGIN CERTIFICATE-----\n'
  assert.match(problems({ A2M_MQTT_CA_FILE: '/ca' }, {}, { '/ca': pem })[0] ?? '', /byte order mark/)
  const routes = Buffer.from('{}', 'utf16le').toString('utf8')
  assert.match(problems({ A2M_MUSIC_ROUTES_FILE: '/r' }, {}, { '/r': routes })[0] ?? '', /UTF-16/)
})
