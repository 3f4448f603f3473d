import assert from 'node:assert/strict'
import test from 'node:test'
import { stage } from '../sandbox-harness.ts'

test('two sandboxes have the same catalog, with ids of the real forms', async (t) => {
  const [one, other] = [await stage(t), await stage(t)]
  const catalog = one.control.catalog()
  assert.deepEqual(catalog, other.control.catalog())
  const ids = (kind: string) => catalog.filter((item) => item.kind === kind).map(({ id }) => id)
  assert.ok(
    ids('album').length >= 24 && ids('track').length >= 100,
    `ids('album').length >= 24 && ids('track').length >= 100`,
  )
  for (const id of [...ids('album'), ...ids('track'), ...ids('artist')]) assert.match(id, /^B0[0-9A-Z]{8}$/)
  for (const id of ids('station')) assert.match(id, /^A[0-9A-Z]{13}$/)
  assert.equal(new Set(catalog.map(({ id }) => id)).size, catalog.length)
})
