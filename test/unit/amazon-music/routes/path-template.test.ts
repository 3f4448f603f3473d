import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AppError } from '../../../../src/lib/errors.ts'
import { compilePath } from '../../../../src/amazon-music/routes/path-template.ts'

const base = new URL('https://api.example')

const cases: readonly (readonly [
  name: string,
  template: string,
  args: Readonly<Record<string, unknown>>,
  url: string,
])[] = [
  ['a path without arguments is what it is', '/v1/a', {}, 'https://api.example/v1/a'],
  ['an argument fills its segment', '/v1/{id}/next', { id: 's-1' }, 'https://api.example/v1/s-1/next'],
  [
    'what could leave the segment is escaped',
    '/v1/{id}',
    { id: 'a/b?c#d%2e' },
    'https://api.example/v1/a%2Fb%3Fc%23d%252e',
  ],
  ['a query pair is filled in', '/v1/a?limit={limit}', { limit: 3 }, 'https://api.example/v1/a?limit=3'],
  [
    'a query pair without its argument is left out',
    '/v1/a?x=1&limit={limit}',
    {},
    'https://api.example/v1/a?x=1',
  ],
  ['a query without any argument disappears', '/v1/a?limit={limit}', {}, 'https://api.example/v1/a'],
  [
    'query arguments are escaped',
    '/v1/a?query={query}',
    { query: 'rock & roll=1' },
    'https://api.example/v1/a?query=rock%20%26%20roll%3D1',
  ],
  ['a fixed query stays', '/v1/a?x=1', {}, 'https://api.example/v1/a?x=1'],
]

for (const [name, template, args, url] of cases) {
  test(name, () => assert.equal(compilePath(template, base).url(args).href, url))
}

test('a path in front of the routes is kept', () => {
  assert.equal(
    compilePath('/v1/a', new URL('http://127.0.0.1/music/')).url({}).href,
    'http://127.0.0.1/music/v1/a',
  )
})

for (const id of ['', '.', '..', undefined, {}, []]) {
  test(`${JSON.stringify(id)} cannot be a segment, because it would name another route`, () => {
    assert.throws(
      () => compilePath('/v1/{id}/next', base).url({ id }),
      (error) =>
        error instanceof AppError && error.code === 'command/payload' && error.message.startsWith('id:'),
    )
  })
}
