import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { AppError } from '../../../src/lib/errors.ts'
import {
  connackFailure,
  failureWithoutReason,
  type ConnectionFailure,
} from '../../../src/mqtt/connection/failure.ts'
import { Reconnect } from '../../../src/mqtt/reconnect.ts'

const refused: ConnectionFailure = { error: new AppError('net/refused', 'nobody there') }
const wordless = failureWithoutReason('mqtt://broker')
const versionRefused = connackFailure(1, 'mqtt://broker')
const never = undefined

/** Jitter of ±0 %. */
const half = (): number => 0.5

describe('when to try again', () => {
  test('the waits grow to a minute and start again after a connection that was steady', () => {
    const reconnect = new Reconnect(half)
    const waits = Array.from(
      { length: 8 },
      () => reconnect.after({ servedMs: never, failure: refused }).waitMs,
    )
    assert.deepEqual(waits, [0, 1_000, 2_000, 4_000, 10_000, 30_000, 60_000, 60_000])
    assert.equal(reconnect.after({ servedMs: 29_999, failure: refused }).waitMs, 60_000)
    assert.equal(reconnect.after({ servedMs: 30_000, failure: refused }).waitMs, 0)
  })
})

describe('which version', () => {
  test('5 is refused in words: 3.1.1 at once, without an error, and for good', () => {
    const reconnect = new Reconnect(half)
    assert.equal(reconnect.version, 5)
    assert.deepEqual(reconnect.after({ servedMs: never, failure: versionRefused }), {
      waitMs: 0,
      error: undefined,
    })
    assert.equal(reconnect.version, 4)
    for (const servedMs of [never, 100_000]) {
      reconnect.after({ servedMs, failure: wordless })
      assert.equal(reconnect.version, 4)
    }
  })

  test('5 is met with silence: 3.1.1 at once, and 5 again after that, served or not', () => {
    for (const servedMs of [never, 100_000]) {
      const reconnect = new Reconnect(half)
      assert.equal(reconnect.after({ servedMs: never, failure: wordless }).error, undefined)
      assert.equal(reconnect.version, 4)
      assert.equal(reconnect.after({ servedMs, failure: wordless }).error, wordless.error)
      assert.equal(reconnect.version, 5)
    }
  })

  test('a broker that refuses both is told of and not hammered', () => {
    const reconnect = new Reconnect(half)
    const tries = Array.from({ length: 8 }, () =>
      reconnect.after({ servedMs: never, failure: versionRefused }),
    )
    assert.deepEqual(
      tries.map(({ waitMs, error }) => [waitMs, error?.code]),
      [0, 1_000, 2_000, 4_000].flatMap((waitMs) => [
        [0, undefined],
        [waitMs, 'mqtt/refused'],
      ]),
    )
  })

  test('an unreachable broker says nothing about the version', () => {
    const reconnect = new Reconnect(half)
    reconnect.after({ servedMs: never, failure: refused })
    assert.equal(reconnect.version, 5)
  })
})

describe('a take-over without a word', () => {
  test('is named after three short connections in a row', () => {
    const reconnect = new Reconnect(half)
    const codes = Array.from(
      { length: 4 },
      () => reconnect.after({ servedMs: 2_000, failure: wordless }).error?.code,
    )
    assert.deepEqual(codes, ['net/failed', 'net/failed', 'mqtt/taken-over', 'mqtt/taken-over'])
  })

  test('is not suspected when the broker was away in between, gave a reason, or served us for long', () => {
    for (const other of [
      { servedMs: never, failure: refused },
      { servedMs: 2_000, failure: refused },
      { servedMs: 60_000, failure: wordless },
    ]) {
      const reconnect = new Reconnect(half)
      for (let n = 0; n < 6; n++) {
        reconnect.after({ servedMs: 2_000, failure: wordless })
        assert.notEqual(
          reconnect.after({ servedMs: 2_000, failure: wordless }).error?.code,
          'mqtt/taken-over',
        )
        reconnect.after(other)
      }
    }
  })
})
