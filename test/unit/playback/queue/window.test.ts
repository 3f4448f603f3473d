import assert from 'node:assert/strict'
import { test } from 'node:test'

import { mergeUpcoming, previousOf, resumeWindow } from '../../../../src/playback/queue/window.ts'
import { entities, entity, letters } from '../entity.ts'

const merges: readonly (readonly [string, string, string, string, string])[] = [
  // what it shows, current, known, answer, expected
  ['the first answer is what comes', 'A', '', 'BCDEF', 'BCDEF'],
  ['an answer that peeks takes the place of what is known', 'D', 'E', 'EFGHI', 'EFGHI'],
  ['an answer that advanced past what is known keeps it', 'D', 'EF', 'FGHIJ', 'EFGHIJ'],
  ['an answer that goes on after all that is known is put behind', 'D', 'E', 'FGHIJ', 'EFGHIJ'],
  ['an answer under way while the entity changed is cut to what follows', 'F', 'GH', 'EFGHI', 'GHI'],
  ['an entity queued next comes first where the answer peeks', 'A', 'BCD', 'XBCD', 'XBCD'],
  ['an entity queued next comes after what was handed out where it advances', 'A', 'BCD', 'XCD', 'BXCD'],
  ['two queued next keep their order where it advances', 'A', 'XBC', 'YBC', 'XYBC'],
  ['what is known beyond a full answer stays', 'A', 'BCDEFGH', 'BCDEF', 'BCDEFGH'],
  ['an answer that is not full ends the queue', 'A', 'BCDEF', 'BCD', 'BCD'],
  ['an empty answer tells nothing new', 'A', 'BC', '', 'BC'],
  ['the current entity is never to come', 'A', '', 'A', ''],
]

for (const [shows, current, known, answer, expected] of merges) {
  test(`upcoming: ${shows}`, () => {
    const merged = mergeUpcoming(entity(current), entities(known), entities(answer))
    assert.equal(letters(merged), expected)
  })
}

test('upcoming: the answer brings newer actions of what was known', () => {
  const newer = entity('B', { title: 'newer' })
  const [first] = mergeUpcoming(entity('A'), entities('BC'), [newer, ...entities('C')])
  assert.equal(first, newer)
})

test('previous: where the answer peeks it is its first, where it lags behind it is what follows the current one', () => {
  assert.equal(previousOf(entity('D'), entities('CBA'))?.referenceId, 'C')
  assert.equal(previousOf(entity('D'), entities('DCB'))?.referenceId, 'C')
  assert.equal(previousOf(entity('A'), entities('A')), undefined)
  assert.equal(previousOf(entity('A'), []), undefined)
})

test('a restored window: what plays is found again by its catalog id, and goes on under its new reference', () => {
  const [b, c] = [entity('b', { id: 'id-B' }), entity('c', { id: 'id-C' })]
  const { current, upcoming } = resumeWindow(entity('B'), [b, c])
  assert.equal(current, b)
  assert.deepEqual(upcoming, [c])
})

test('a restored window that does not hold what plays is all to come', () => {
  const playing = entity('A')
  assert.deepEqual(resumeWindow(playing, entities('XY')), { current: playing, upcoming: entities('XY') })
})

test('a restored window: what has no catalog id is not mistaken for another that has none', () => {
  const playing = entity('A', { id: undefined })
  const window = [entity('X', { id: undefined }), entity('Y')]
  assert.deepEqual(resumeWindow(playing, window), { current: playing, upcoming: window })
})
