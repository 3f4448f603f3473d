import assert from 'node:assert/strict'
import { test } from 'node:test'

import {
  boolean,
  field,
  filledString,
  listOf,
  number,
  object,
  optional,
  parseJson,
  string,
  type Decoder,
} from '../../../src/lib/decode.ts'
import { AppError } from '../../../src/lib/errors.ts'

function refusal(decode: () => unknown): string {
  try {
    decode()
  } catch (error) {
    assert.ok(error instanceof AppError, 'error instanceof AppError')
    assert.equal(error.code, 'net/answer')
    return error.message
  }
  return assert.fail('nothing was refused')
}

const good: readonly (readonly [Decoder<unknown>, unknown])[] = [
  [object, {}],
  [string, ''],
  [filledString, 'a'],
  [number, 0],
  [number, -1.5],
  [boolean, false],
  [listOf(number), []],
  [listOf(number), [1, 2]],
]

test('each decoder passes what it is for', () => {
  for (const [decoder, value] of good) assert.deepEqual(decoder(value, 'x'), value)
})

const bad: readonly (readonly [Decoder<unknown>, unknown, string])[] = [
  [object, null, 'x: expected an object, found null'],
  [object, [], 'x: expected an object, found a list'],
  [object, 'a', 'x: expected an object, found string'],
  [string, 1, 'x: expected a text, found number'],
  [string, undefined, 'x: expected a text, found undefined'],
  [filledString, '', 'x: expected a text that is not empty, found string'],
  [number, '1', 'x: expected a number, found string'],
  [number, NaN, 'x: expected a number, found number'],
  [number, Infinity, 'x: expected a number, found number'],
  [boolean, 'true', 'x: expected true or false, found string'],
  [boolean, 0, 'x: expected true or false, found number'],
  [listOf(number), {}, 'x: expected a list, found object'],
  [listOf(number), [1, '2'], 'x[1]: expected a number, found string'],
  [listOf(listOf(string)), [['a'], ['b', null]], 'x[1][1]: expected a text, found null'],
  [optional(string), 3, 'x: expected a text, found number'],
]

test('each decoder refuses the rest, naming path, what was expected and what was found', () => {
  for (const [decoder, value, message] of bad) {
    assert.equal(
      refusal(() => decoder(value, 'x')),
      message,
    )
  }
})

test('a field is named by its whole path', () => {
  const at = (path: string): string => refusal(() => field({ name: 1 }, 'name', string, path))
  assert.equal(at(''), 'name: expected a text, found number')
  assert.equal(at('data.items[2]'), 'data.items[2].name: expected a text, found number')
})

test('an optional field may be absent or null', () => {
  assert.equal(field({}, 'a', optional(string), ''), undefined)
  assert.equal(field({ a: null }, 'a', optional(string), ''), undefined)
  assert.equal(field({ a: '' }, 'a', optional(string), ''), '')
})

test('names every object has are not taken for fields', () => {
  for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
    assert.equal(field(object(parseJson('{}', 'x'), 'x'), name, optional(string), ''), undefined, name)
  }
})

test('text that is not JSON is refused without being quoted', () => {
  const message = refusal(() => parseJson('{"refresh_token":"Atzr|canary', 'token answer'))
  assert.equal(message, 'token answer: expected JSON, found string')
})
