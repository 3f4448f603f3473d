import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'

import { ESLint } from 'eslint'

/** Only what says something of tests: rules that need types take their time and are eslint's own. */
const eslint = new ESLint({
  cwd: join(import.meta.dirname, '..', '..', '..'),
  ruleFilter: ({ ruleId }) => ruleId.startsWith('no-restricted-'),
})

/** A file that exists, so that it is part of the project. */
async function faultsIn(code: string, file = 'test/unit/tools.test.ts'): Promise<readonly string[]> {
  const [result] = await eslint.lintText(code, {
    filePath: join(import.meta.dirname, '..', '..', '..', file),
  })
  return result?.messages.map(({ message }) => message) ?? []
}

for (const [name, says, code] of [
  ['a test without an assertion', /without an assertion/, `test('a', () => { run() })`],
  [
    'a test with options and without an assertion',
    /without an assertion/,
    `test('a', { skip }, async (t) => { await run(t) })`,
  ],
  [
    'one of each version without one',
    /without an assertion/,
    `onEachVersion('a', async (agent) => run(agent))`,
  ],
  ['a wait without a bound', /without a bound/, `while (!isSo()) await turn()`],
  ['a wait for ever', /without a bound/, `for (;;) { await turn(); if (isSo()) break }`],
  ['a do that waits', /without a bound/, `do { await turn() } while (!isSo())`],
  ['a wait for an event', /never comes/, `await once(server, 'listening')`],
  [
    'a wait for what an event carries',
    /never comes/,
    `const [port] = (await once(worker, 'message')) as [number]`,
  ],
  [
    'a wait for an event by hand',
    /never comes/,
    `await new Promise((resolve) => server.once('listening', resolve))`,
  ],
  ['a bare assert.ok', /bare assert\.ok/, `assert.ok(isSo())`],
  ['a bare assert', /bare assert\.ok/, `assert(isSo(), 'so')`],
  ['a rejection of any kind', /Any failure at all/, `await assert.rejects(run())`],
  ['an exception of any kind', /Any failure at all/, `assert.throws(() => run(), AppError)`],
  ['a sleep', /proves nothing/, `await new Promise((resolve) => setTimeout(resolve, 50))`],
  ['a sleep by import', /proves nothing/, `import { setTimeout as sleep } from 'node:timers/promises'`],
] as const) {
  test(`${name} is found by the linter`, async () => {
    const faults = await faultsIn(code)
    assert.equal(faults.length, 1, faults.join('\n'))
    assert.match(faults[0] ?? '', says)
  })
}

test('what states its bound, its assertion and its code is let through', async () => {
  const code = `
    test('a', async (t) => {
      await eventually('it', () => isSo(), { seen })
      for (let n = 0; n < 3; n++) await turn()
      await within('the server to listen', once(server, 'listening'))
      await once(socket, 'drain', { signal: AbortSignal.timeout(10_000) })
      const closed = once(socket, 'close')
      while (left.length > 0) left.pop()
      assert.ok(isSo(), 'so it is')
      await assert.rejects(run(), { code: 'net/failed' })
      setTimeout(() => response.end(), 900)
    })
    test('b', () => { assertValid(message) })`
  assert.deepEqual(await faultsIn(code), [])
})

test('helpers may sleep, and are held to the rest', async () => {
  const sleep = `export const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2))`
  assert.deepEqual(await faultsIn(sleep, 'test/support/listen.ts'), [])
  assert.equal((await faultsIn(`while (!isSo()) await turn()`, 'test/support/listen.ts')).length, 1)
})
