import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AppError } from '../../../../src/lib/errors.ts'
import { payloadObject } from '../../../../src/bridge/commands/json-object.ts'

const deep = (levels: number): string => '{"a":'.repeat(levels - 1) + '{}' + '}'.repeat(levels - 1)

const good = [
  '{}',
  ' {"a":1} ',
  '{"a":{"a":{"a":1}},"b":["a","a",{"a":1},{"a":2}]}',
  '{"a":"\\"b\\":1,\\"b\\":2","b":"{\\"b\\":"}',
  '{"a":"🎵","\\u0062":"\\ud83c\\udfb5"}',
  '{"a" : "a" ,"b"\n:\t"b"}',
  deep(16),
]

const bad: readonly (readonly [string, RegExp])[] = [
  ['{"a":1,"a":1}', /"a" twice/],
  ['{"a":1,"\\u0061":1}', /"a" twice/],
  ['{"b":[{"a":{"x":1,"x":2}}]}', /"x" twice/],
  ['{"__proto__":1,"__proto__":2}', /"__proto__" twice/],
  ['{"a":"\\ud83c"}', /surrogate/],
  ['{"\\udfb5":1}', /surrogate/],
  [deep(17), /16 deep/],
  [`{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`, /16 deep/],
  ['{"a":1', /valid JSON/],
  ['', /valid JSON/],
  ['[]', /JSON object/],
  ['null', /JSON object/],
  ['"{}"', /JSON object/],
]

test('an object of JSON is read as JSON.parse reads it', () => {
  for (const text of good) assert.deepEqual(payloadObject(text), JSON.parse(text), text)
})

test('what JSON.parse would pass over is refused in words', () => {
  for (const [text, message] of bad) {
    assert.throws(
      () => payloadObject(text),
      (error) => error instanceof AppError && error.code === 'command/payload' && message.test(error.message),
      text.slice(0, 60),
    )
  }
})

test('a payload as long as they can be is read in no time', () => {
  const long = `{"a":"${'\\"'.repeat(30_000)}","b":[${'"\\u0041",'.repeat(400)}1]}`
  const startMs = performance.now()
  payloadObject(long)
  assert.ok(
    performance.now() - startMs < 500,
    `performance.now() - startMs < 500: ${performance.now() - startMs}`,
  )
})
