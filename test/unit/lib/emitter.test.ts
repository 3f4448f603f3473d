import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Emitter } from '../../../src/lib/async/emitter.ts'

test('an emitter delivers what was emitted before the first subscription, in order and once', () => {
  const emitter = new Emitter<number>()
  const [first, second]: [number[], number[]] = [[], []]
  emitter.emit(1)
  emitter.emit(2)
  emitter.subscribe((value) => first.push(value))
  emitter.subscribe((value) => second.push(value))
  emitter.emit(3)
  assert.deepEqual(first, [1, 2, 3])
  assert.deepEqual(second, [3])
})

test('an emitter calls its listeners at once and in the order of their subscriptions', () => {
  const emitter = new Emitter<string>()
  const calls: string[] = []
  emitter.subscribe((value) => calls.push(`first ${value}`))
  emitter.subscribe((value) => calls.push(`second ${value}`))
  const { emit } = emitter
  emit('a')
  calls.push('returned')
  assert.deepEqual(calls, ['first a', 'second a', 'returned'])
})

test('what a listener throws reaches the one who emits', () => {
  const emitter = new Emitter<void>()
  emitter.subscribe(() => {
    throw new Error('no room')
  })
  assert.throws(() => emitter.emit(), /no room/)
})
