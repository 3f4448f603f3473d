import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import { makeHome, prefix } from '../../support/built-agent.ts'
import { noMosquitto } from '../../support/mqtt/mosquitto.ts'
import { tempFolder } from '../../support/temp-folder.ts'

/** Node flags that load `code` before the built agent: it spoils a function of JavaScript, as a slip of ours would. */
function spoiling(t: TestContext, code: string): readonly string[] {
  const file = join(tempFolder(t), 'spoil.cjs')
  writeFileSync(file, code)
  return ['--require', file]
}

function assertFault(ended: {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}): void {
  assert.equal(ended.code, 70, ended.stdout + ended.stderr)
  const lines = ended.stdout
    .split('\n')
    .filter((line) => line.includes('a planted fault'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  assert.deepEqual(
    lines.map(({ level, code, error }) => [level, code, error]),
    [['error', 'internal/fault', 'RangeError: a planted fault']],
  )
  assert.match(ended.stderr, /a planted fault/)
  assert.match(ended.stderr, /\(internal\/fault\)/)
}

test(
  "a fault of the account's loop ends the agent with 70, a log line and offline",
  { skip: noMosquitto },
  async (t) => {
    const home = await makeHome(t)
    const agent = home.start({
      nodeArgs: spoiling(
        t,
        `const { toISOString } = Date.prototype
      Date.prototype.toISOString = function () {
        // No other time that the agent shows lies so far ahead as the end of a token.
        if (this.getTime() > Date.now() + 1_800_000) throw new RangeError('a planted fault')
        return toISOString.call(this)
      }`,
      ),
    })
    const shown = await home.client.next(`${prefix}/login`, ({ text }) => text.includes('awaiting_user'))
    home.sandbox.control.approve((JSON.parse(shown.text) as { user_code: string }).user_code)
    assertFault(await agent.ended(30_000))
    await home.client.next(`${prefix}/availability`, ({ text }) => text === 'offline')
  },
)

test(
  "a fault of the broker's loop ends the agent with 70 and a log line",
  { skip: noMosquitto },
  async (t) => {
    const home = await makeHome(t)
    const spoilt = join(tempFolder(t), 'now')
    const agent = home.start({
      nodeArgs: spoiling(
        t,
        `const { random } = Math
      Math.random = () => {
        if (require('node:fs').existsSync(${JSON.stringify(spoilt)})) throw new RangeError('a planted fault')
        return random()
      }`,
      ),
    })
    await home.client.next(`${prefix}/availability`, ({ text }) => text === 'online')
    writeFileSync(spoilt, '')
    // What the wait before the next connection is drawn with fails.
    await home.broker.stop()
    assertFault(await agent.ended(30_000))
  },
)
