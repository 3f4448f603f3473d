import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

import { readQr, withoutQrReader } from '../../support/screen/qr-reader.ts'
import { darkGround, lightGround, terminalPicture } from '../../support/screen/terminal-picture.ts'
import { requireTool } from '../../support/tools.ts'

const run = promisify(execFile)
const script = join(import.meta.dirname, 'show-login.ts')
const command = `'${process.execPath}' --import tsx '${script}'`
const withoutPty = requireTool('script')
const url = 'https://amazon.com/us/code?cbl-code=BEYHYS'

/** What a real pseudo-terminal of that size receives. */
async function captured(columns: number, blocks: 'half' | 'full'): Promise<string> {
  const session = run('script', [
    '-qec',
    `stty cols ${columns} rows 50; exec ${command} ${blocks}`,
    '/dev/null',
  ])
  session.child.stdin?.end()
  const { stdout } = await session
  return stdout
}

for (const blocks of ['half', 'full'] as const) {
  test(
    `what a real terminal of 100 columns receives in ${blocks} blocks reads on both grounds, words below`,
    { skip: withoutPty || withoutQrReader },
    async (t) => {
      const text = await captured(100, blocks)
      assert.equal(await readQr(t, terminalPicture(text, darkGround)), url)
      assert.equal(await readQr(t, terminalPicture(text, lightGround)), url)
      assert.match(text, /https:\/\/amazon\.com\/us\/code\r?\n/)
      assert.match(text, /BEYHYS\r?\n/)
      assert.match(text, /valid for 10 minutes/)
    },
  )
}

test('a real terminal of 20 columns gets words only', { skip: withoutPty }, async () => {
  const text = await captured(20, 'half')
  assert.doesNotMatch(text, /[▀▄█]|\u001b\[|QR/)
  assert.match(text, /BEYHYS/)
})

test('a pipe gets words only', async () => {
  const { stdout } = await run(process.execPath, ['--import', 'tsx', script, 'half'])
  assert.doesNotMatch(stdout, /[▀▄█]|\u001b\[|QR/)
  assert.match(stdout, /BEYHYS/)
})
