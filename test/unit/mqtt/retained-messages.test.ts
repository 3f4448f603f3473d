import assert from 'node:assert/strict'
import { test } from 'node:test'

import { RetainedMessages } from '../../../src/mqtt/retained-messages.ts'

function takeAll(picture: RetainedMessages): string[] {
  const taken: string[] = []
  for (let next = picture.takeDirty(); next !== undefined; next = picture.takeDirty()) {
    taken.push(`${next.topic} ${next.payload.toString()}`)
  }
  return taken
}

test('what was set waits to be sent, once, and is retained at QoS 1 unless said otherwise', () => {
  const picture = new RetainedMessages()
  assert.equal(picture.set('a', '1'), 'changed')
  assert.equal(picture.set('b', Buffer.from([2]), { qos: 0, contentType: 'image/png' }), 'changed')
  assert.deepEqual(picture.takeDirty(), { topic: 'a', payload: '1', qos: 1, retain: true })
  assert.deepEqual(picture.takeDirty(), {
    topic: 'b',
    payload: Buffer.from([2]),
    qos: 0,
    retain: true,
    contentType: 'image/png',
  })
  assert.equal(picture.takeDirty(), undefined)
})

test('the same payload again is no change, as text or as bytes', () => {
  const picture = new RetainedMessages()
  picture.set('a', 'é')
  takeAll(picture)
  assert.equal(picture.set('a', 'é'), 'unchanged')
  assert.equal(picture.set('a', Buffer.from('é')), 'unchanged')
  assert.equal(picture.dirty, 0)
  assert.equal(picture.set('a', Buffer.from('e')), 'changed')
  assert.equal(picture.set('a', Buffer.from('e')), 'unchanged')
  assert.equal(picture.set('a', 'e'), 'unchanged')
})

test('a topic that changes while it waits keeps its place and shows only its latest value', () => {
  const picture = new RetainedMessages()
  picture.set('a', '1')
  picture.set('b', '1')
  picture.set('a', '2')
  assert.deepEqual(takeAll(picture), ['a 2', 'b 1'])
})

test('zero bytes are a value that is sent like any other', () => {
  const picture = new RetainedMessages()
  assert.equal(picture.set('a', ''), 'changed')
  assert.equal(picture.set('a', Buffer.alloc(0)), 'unchanged')
  takeAll(picture)
  picture.markAllDirty()
  assert.deepEqual(takeAll(picture), ['a '])
})

test('all of it can be sent again, in the order in which topics were first set', () => {
  const picture = new RetainedMessages()
  for (const topic of ['a', 'b', 'c']) picture.set(topic, topic)
  takeAll(picture)
  picture.set('c', 'newer')
  picture.markAllDirty()
  assert.equal(picture.dirty, 3)
  assert.deepEqual(takeAll(picture), ['a a', 'b b', 'c newer'])
  assert.deepEqual(
    picture.all().map(({ topic }) => topic),
    ['a', 'b', 'c'],
  )
})

test('a full picture takes no new topic, but changes to those it has', () => {
  const picture = new RetainedMessages(2)
  picture.set('a', '1')
  picture.set('b', '1')
  assert.equal(picture.set('c', '1'), 'full')
  assert.equal(picture.size, 2)
  assert.equal(picture.set('a', '2'), 'changed')
})

test('what is forgotten is not sent, now or again', () => {
  const picture = new RetainedMessages()
  picture.set('a', '1')
  picture.set('b', '2')
  picture.forget('a')
  assert.deepEqual(takeAll(picture), ['b 2'])
  picture.forget('b')
  picture.markAllDirty()
  assert.deepEqual([takeAll(picture), picture.size], [[], 0])
  assert.equal(picture.set('b', '2'), 'changed')
})

test('topics renamed wait to be sent under their new names, in their order; others stay', () => {
  const picture = new RetainedMessages()
  picture.set('a/one/x', '1', { qos: 0 })
  picture.set('a/one-more/x', '2')
  picture.set('a/one/y', '3')
  takeAll(picture)
  picture.rename('a/one/', 'a/two/')
  assert.deepEqual(
    picture.all().map(({ topic, qos }) => [topic, qos]),
    [
      ['a/two/x', 0],
      ['a/one-more/x', 1],
      ['a/two/y', 1],
    ],
  )
  assert.deepEqual(takeAll(picture), ['a/two/x 1', 'a/one-more/x 2', 'a/two/y 3'])
})
