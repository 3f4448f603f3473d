import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve, sep } from 'node:path'
import test from 'node:test'
import { fileURLToPath } from 'node:url'

const room = fileURLToPath(new URL('../../src/sandbox', import.meta.url))

test('every import is node: or a file of the sandbox itself: the two sides must not share a misunderstanding', () => {
  const files = readdirSync(room, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  )
  assert.ok(files.length > 50, `files.length > 50: ${files.length}`)
  for (const file of files) {
    const path = join(room, file)
    for (const [, from = ''] of readFileSync(path, 'utf8').matchAll(
      /^(?:import|export) .*?from '([^']+)'$/gms,
    )) {
      const isOwn = from.startsWith('.') && resolve(dirname(path), from).startsWith(room + sep)
      assert.ok(isOwn || from.startsWith('node:'), `${file} imports ${from}`)
    }
  }
})
