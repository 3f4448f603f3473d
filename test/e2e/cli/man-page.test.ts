import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import { manPage } from '../../../scripts/package/man-page.ts'
import { commands, ownFlags, takesValue } from '../../../src/cli/arguments.ts'
import { exitCodes } from '../../../src/cli/help.ts'
import type { Setting } from '../../../src/settings/setting.ts'
import { flagOf, settingKeys, settingsTable } from '../../../src/settings/table.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { requireTool } from '../../support/tools.ts'

/** The page as a terminal of `columns` shows it, and what groff has to say against it. */
function rendered(t: TestContext, columns: number): { text: string; complaints: string } {
  const file = join(tempFolder(t), 'amazonmusic2mqtt.1')
  writeFileSync(file, manPage('2026-11-22'))
  const { status, stdout, stderr } = spawnSync('man', ['--warnings=w', '--local-file', file], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', MANWIDTH: String(columns), MAN_KEEP_FORMATTING: '' },
  })
  assert.equal(status, 0, stderr)
  return { text: stdout, complaints: stderr }
}

const tools = [requireTool('man'), requireTool('groff')].find((reason) => reason !== false) ?? false

test('the man page renders without a warning', { skip: tools }, (t) => {
  for (const columns of [80, 200]) assert.equal(rendered(t, columns).complaints, '')
})

test(
  'the man page tells each command, flag, setting, default and exit code in the words of the help',
  { skip: tools },
  (t) => {
    const text = rendered(t, 80).text.replace(/\s+/g, ' ')
    const has = (words: string): void => {
      assert.ok(text.includes(words.replaceAll('…', '...')), words)
    }
    for (const [name, doc] of Object.entries(commands)) has(`${name} ${doc}`)
    for (const [name, doc] of ownFlags.flatMap(({ flags }) => Object.entries(flags)))
      has(`--${name} ${takesValue(name) ? 'VALUE ' : ''}${doc}`)
    for (const [code, meaning] of Object.values(exitCodes)) has(`${code} ${meaning}`)
    for (const key of settingKeys) {
      const { env, secret, doc, defaultText }: Setting<unknown> = settingsTable[key]
      has(`${env}${secret ? '' : `, --${flagOf(env)} VALUE`} ${doc}`)
      has(defaultText)
    }
    has('-h, --help Show this.')
    has('/etc/amazonmusic2mqtt/amazonmusic2mqtt.env')
  },
)
