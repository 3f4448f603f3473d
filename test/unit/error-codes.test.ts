import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'

import { errorCodes } from '../../src/lib/error-codes.ts'

const root = resolve(import.meta.dirname, '../..')
const codes = Object.keys(errorCodes)

/** All of src but the registry itself and the sandbox, whose errors are Amazon's. */
const source = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('error-codes.ts') && !name.startsWith('sandbox'))
  .map((name) => readFileSync(join(root, 'src', name), 'utf8'))
  .join('\n')

test('docs/errors.md has every code of the registry, and no other', () => {
  const documented = [...readFileSync(join(root, 'docs/errors.md'), 'utf8').matchAll(/^### `(.+)`$/gm)]
  assert.deepEqual(
    documented.map(([, code]) => code),
    codes,
  )
})

for (const code of codes) {
  test(`${code} can happen`, () => {
    // A port names what its implementations throw, those to come included.
    const isMade = source.includes(`'${code}'`) || source.includes(`@throws AppError \`${code}\``)
    assert.ok(isMade, 'no file of src makes this error: it is dead')
  })
}

test('a code is area/what in small letters', () => {
  for (const code of codes) assert.match(code, /^[a-z]+\/[a-z]+(-[a-z]+)*$/)
})
