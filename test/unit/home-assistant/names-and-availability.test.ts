import assert from 'node:assert/strict'
import { test } from 'node:test'

import { availabilities } from '../../../src/home-assistant/availability.ts'
import { wordOf } from '../../../src/home-assistant/described.ts'

test('a name of any slug makes a word for entity ids', () => {
  const words = ['living-room', '_kitchen_', '-a--b-', '---'].map((deviceName) => wordOf({ deviceName }))
  assert.deepEqual(words, ['living_room', 'kitchen', 'a_b', ''])
})

test('the pictures are there when their status topics say so', () => {
  const { login, cover } = availabilities((name) => `b/${name}`)
  assert.deepEqual(login['availability'], [
    { topic: 'b/availability' },
    { topic: 'b/login/status', payload_available: 'pending', payload_not_available: 'idle' },
  ])
  assert.deepEqual(cover['availability'], [
    { topic: 'b/availability' },
    { topic: 'b/cover/status', payload_available: 'available', payload_not_available: 'none' },
  ])
})
