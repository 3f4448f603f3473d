import { resolve } from 'node:path'

/**
 * A reporter of node:test for scripts/test.mjs: one JSON line per test (not per suite) with `file`, `outcome` and
 * `name`. A file without a test reports itself as one that passed, under its own name; that is left out.
 */
export default async function* tally(source) {
  for await (const { type, data } of source) {
    if (type !== 'test:pass' && type !== 'test:fail') continue
    if (data.details?.type === 'suite' && type === 'test:pass') continue
    const isFile = data.file !== undefined && resolve(data.name) === data.file
    if (isFile && type === 'test:pass') continue
    const outcome =
      type === 'test:fail'
        ? 'fail'
        : data.skip !== undefined
          ? 'skip'
          : data.todo !== undefined
            ? 'todo'
            : 'pass'
    const why = typeof data.skip === 'string' ? data.skip : ''
    yield `${JSON.stringify({ file: data.file, outcome, name: data.name, why })}\n`
  }
}
