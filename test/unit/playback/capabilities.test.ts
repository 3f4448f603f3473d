import assert from 'node:assert/strict'
import { test } from 'node:test'

import { afterSkip, capabilities, requireAllowed } from '../../../src/playback/capabilities.ts'
import { action, entity } from './entity.ts'

test('an action the service does not mention is allowed', () => {
  const can = capabilities(entity('A'))
  assert.deepEqual(can, {
    canNext: true,
    canPrevious: true,
    canSeek: true,
    canShuffle: true,
    canRepeat: true,
    remainingSkips: undefined,
    disabledReason: undefined,
  })
  assert.doesNotThrow(() => requireAllowed(entity('A'), 'next'))
})

test('nothing can be done when nothing plays', () => {
  const can = capabilities(undefined)
  assert.ok(
    !can.canNext && !can.canPrevious && !can.canSeek && !can.canShuffle && !can.canRepeat,
    '!can.canNext && !can.canPrevious && !can.canSeek && !can.canShuffle && !can.canRepeat',
  )
})

test('seeking is possible when either direction is', () => {
  const forward = entity('A', { actions: { scrubForward: action(true), scrubBackward: action(false) } })
  const neither = entity('A', { actions: { scrubForward: action(false), scrubBackward: action(false) } })
  assert.equal(capabilities(forward).canSeek, true)
  assert.equal(capabilities(neither).canSeek, false)
})

test('a skip beyond the limit is refused with the reason and the skips left', () => {
  const next = action(false, { disableType: 'NO_MORE_SKIPS', remainingSkips: 0 })
  assert.throws(() => requireAllowed(entity('A', { actions: { next } }), 'next'), {
    code: 'playback/skip-limit',
    facts: { action: 'next', reason: 'NO_MORE_SKIPS', remainingSkips: 0 },
  })
})

test('any other refusal carries the reason of the service too', () => {
  const next = action(false, { disableType: 'FEATURE_NOT_AVAILABLE' })
  assert.throws(() => requireAllowed(entity('A', { actions: { next } }), 'next'), {
    code: 'playback/forbidden',
    facts: { action: 'next', reason: 'FEATURE_NOT_AVAILABLE', remainingSkips: null },
  })
})

test('a refusal without a reason is called forbidden', () => {
  const of = entity('A', { actions: { next: action(false) } })
  assert.equal(capabilities(of).disabledReason, 'FORBIDDEN')
  assert.throws(() => requireAllowed(of, 'next'), { code: 'playback/forbidden' })
})

test('what was handed out before a skip has one skip less', () => {
  const skipped = entity('A', { actions: { next: action(true, { remainingSkips: 3 }) } })
  const after = afterSkip(skipped, entity('B', { actions: { next: action(true, { remainingSkips: 3 }) } }))
  assert.deepEqual(after.actions.next, action(true, { remainingSkips: 2 }))
})

test('after the last skip no other is allowed', () => {
  const skipped = entity('A', { actions: { next: action(true, { remainingSkips: 1 }) } })
  const after = afterSkip(skipped, entity('B', { actions: { next: action(true, { remainingSkips: 4 }) } }))
  assert.throws(() => requireAllowed(after, 'next'), { code: 'playback/skip-limit' })
})

test('where skips are not counted a skip changes nothing', () => {
  const b = entity('B', { actions: { next: action(true) } })
  assert.equal(afterSkip(entity('A'), b), b)
})
