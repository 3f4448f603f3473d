import assert from 'node:assert/strict'
import { test } from 'node:test'

import { publishPacketSize } from '../../../src/mqtt/connection/packet-size.ts'
import { SizeLimit } from '../../../src/mqtt/size-limit.ts'

function connection(limit: SizeLimit, announced = Infinity): SizeLimit {
  limit.begin(announced)
  return limit
}

test('the announced limit counts, for that connection', () => {
  const limit = new SizeLimit()
  assert.equal(connection(limit, 10_000).bytes, 10_000)
  assert.equal(connection(limit).bytes, Infinity)
})

test('a message that two connections in a row ended on is too large', () => {
  const limit = new SizeLimit()
  for (const expected of [undefined, { topic: 'cover', bytes: 20_000 }]) {
    connection(limit)
    limit.sent('state', 2_000)
    limit.sent('cover', 20_000)
    limit.sent('queue', 3_000)
    const culprit = limit.ended('wordless')
    assert.deepEqual(culprit && { topic: culprit.topic, bytes: culprit.bytes }, expected)
  }
  assert.equal(connection(limit).bytes, 19_999)
  assert.equal(connection(limit, 500).bytes, 500)
})

test('one that the broker itself called too large is so at once', () => {
  const limit = connection(new SizeLimit())
  limit.sent('cover', 20_000)
  assert.equal(limit.ended('too-large')?.topic, 'cover')
})

test('what was acknowledged, or stands before what was acknowledged, is beyond suspicion', () => {
  const limit = new SizeLimit()
  for (let n = 0; n < 3; n++) {
    connection(limit)
    limit.sent('cover', 20_000)
    limit.accepted(limit.sent('state', 2_000))
    assert.equal(limit.ended('wordless'), undefined)
  }
})

test('small messages, different ones, and ends with a reason are no evidence', () => {
  const limit = new SizeLimit()
  const life = (bytes: number, how: 'wordless' | 'otherwise'): unknown => {
    connection(limit).sent('cover', bytes)
    return limit.ended(how)
  }
  assert.deepEqual([life(900, 'wordless'), life(900, 'wordless')], [undefined, undefined])
  assert.deepEqual([life(5_000, 'wordless'), life(6_000, 'wordless')], [undefined, undefined])
  assert.deepEqual([life(6_000, 'otherwise'), life(6_000, 'wordless')], [undefined, undefined])
})

test('the size of a packet is never guessed too small', () => {
  // Section 3.3: 1 + 4 bytes, topic 2 + 3, packet id 2, property length 4, expiry 5, then what is given.
  const message = { topic: 'a/é', payload: 'é', qos: 1, retain: false } as const
  assert.equal(publishPacketSize(message), 5 + 2 + 4 + 2 + 4 + 5 + 2)
  assert.equal(
    publishPacketSize({ ...message, contentType: 'x', correlationData: Buffer.alloc(7) }),
    5 + 2 + 4 + 2 + 4 + 5 + 2 + 4 + 10,
  )
})
