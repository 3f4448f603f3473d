import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import { makeHome, prefix } from '../../support/built-agent.ts'
import { startCli } from '../../support/cli-process.ts'
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

/** Runs `fault` in the built agent once the returned file exists, outside of all that the agent waits for. */
function outside(
  t: TestContext,
  fault: string,
): { readonly now: string; readonly nodeArgs: readonly string[] } {
  const now = join(tempFolder(t), 'now')
  const nodeArgs = spoiling(
    t,
    `const { existsSync } = require('node:fs')
    const looking = setInterval(() => {
      if (!existsSync(${JSON.stringify(now)})) return
      clearInterval(looking);
      ${fault}
    }, 20)
    looking.unref()`,
  )
  return { now, nodeArgs }
}

const outsideFaults = [
  ['a timer that throws', `throw new RangeError('a planted fault')`],
  [
    'a callback of an event that throws',
    `const e = new (require('node:events'))(); e.on('x', () => { throw new RangeError('a planted fault') }); e.emit('x')`,
  ],
  ['a rejection nobody handles', `Promise.reject(new RangeError('a planted fault'))`],
] as const

for (const [what, fault] of outsideFaults) {
  test(`${what} ends the agent with 70, a log line and offline`, { skip: noMosquitto }, async (t) => {
    const home = await makeHome(t)
    const { now, nodeArgs } = outside(t, fault)
    const agent = home.start({ nodeArgs })
    await home.client.next(`${prefix}/availability`, ({ text }) => text === 'online')
    writeFileSync(now, '')
    const ended = await agent.ended(30_000)
    assertFault(ended)
    // Words, and no stack of Node's.
    assert.doesNotMatch(ended.stderr, /^ +at /m)
    await home.client.next(`${prefix}/availability`, ({ text }) => text === 'offline')
  })
}

test('a fault shows where it was thrown, and no secret of its message', { skip: noMosquitto }, async (t) => {
  const home = await makeHome(t)
  const { now, nodeArgs } = outside(
    t,
    `(function plantedFault() {
      throw new RangeError('a planted fault: Atza|IwEBIAbcdef https://x.test/a?code=hush\\n    at Atzr|another')
    })()`,
  )
  const agent = home.start({ nodeArgs })
  await home.client.next(`${prefix}/availability`, ({ text }) => text === 'online')
  writeFileSync(now, '')
  const { code, stdout, stderr } = await agent.ended(30_000)
  assert.equal(code, 70, stdout + stderr)
  assert.doesNotMatch(stdout + stderr, /IwEBIA|hush|another/)
  const line = stdout.split('\n').find((text) => text.includes('a planted fault')) ?? ''
  assert.notEqual(line, '', stdout + stderr)
  const { stack } = JSON.parse(line) as { stack: string }
  assert.match(stack, /^plantedFault \(spoil\.cjs:\d+:\d+\) < /)
})

test(
  'a fault ends the agent within its bound though a part of it hangs',
  { skip: noMosquitto },
  async (t) => {
    const home = await makeHome(t)
    // An interval that nobody clears keeps the process alive, and a second fault comes during the clean-up.
    const { now, nodeArgs } = outside(
      t,
      `setTimeout(() => { throw new TypeError('a later fault') }, 30)
    setInterval(() => undefined, 1000)
    throw new RangeError('a planted fault')`,
    )
    const agent = home.start({ nodeArgs })
    await home.client.next(`${prefix}/availability`, ({ text }) => text === 'online')
    writeFileSync(now, '')
    assertFault(await agent.ended(30_000))
  },
)

test('a fault in a command other than run ends it with 70 and words', async (t) => {
  const { now, nodeArgs } = outside(t, `throw new RangeError('a planted fault')`)
  const sandbox = startCli({ args: ['sandbox', '--port', '0'], nodeArgs, env: {} })
  t.after(() => sandbox[Symbol.asyncDispose]())
  writeFileSync(now, '')
  const { code, stderr } = await sandbox.ended(30_000)
  assert.equal(code, 70, stderr)
  assert.match(stderr, /^RangeError: a planted fault\n.*\n\(internal\/fault\)\n$/)
})
