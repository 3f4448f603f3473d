import { resolve } from 'node:path'

/**
 * A reporter of node:test for scripts/test.mjs: one JSON line per test (not per suite) with `file` (where test() was
 * called, which may be a file that several share), `outcome`, `name` and how many `ms` it took. A file without any test reports itself as a
 * test that passed, under its own name: outcome `empty`.
 */
export default async function* tally(source) {
  for await (const { type, data } of source) {
    if (type !== 'test:pass' && type !== 'test:fail') continue
    if (data.details?.type === 'suite' && type === 'test:pass') continue
    const isFile = data.file !== undefined && resolve(data.name) === data.file
    yield `${JSON.stringify({ file: data.file, outcome: outcomeOf(type, data, isFile), name: data.name, why: reason(data), ms: data.details?.duration_ms ?? 0 })}\n`
  }
}

function outcomeOf(type, { skip, todo }, isFile) {
  if (type === 'test:fail') return 'fail'
  if (isFile) return 'empty'
  if (skip !== undefined) return 'skip'
  return todo === undefined ? 'pass' : 'todo'
}

function reason({ skip }) {
  return typeof skip === 'string' ? skip : ''
}
