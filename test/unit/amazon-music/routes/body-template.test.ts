import assert from 'node:assert/strict'
import { test } from 'node:test'

import { compileBody, type Json } from '../../../../src/amazon-music/routes/body-template.ts'

const cases: readonly {
  readonly name: string
  readonly template: Json
  readonly args: Readonly<Record<string, unknown>>
  readonly body: unknown
}[] = [
  { name: 'an argument takes the place of its name', template: { a: '$x' }, args: { x: 1 }, body: { a: 1 } },
  {
    name: 'an absent argument drops its key',
    template: { a: '$x', b: '$y' },
    args: { y: 2 },
    body: { b: 2 },
  },
  { name: 'null counts as absent', template: { a: '$x', b: 1 }, args: { x: null }, body: { b: 1 } },
  {
    name: 'false, 0 and an empty text are arguments',
    template: { a: '$x', b: '$y', c: '$z' },
    args: { x: false, y: 0, z: '' },
    body: { a: false, b: 0, c: '' },
  },
  {
    name: 'an object that lost all its arguments drops its key',
    template: { o: { a: '$x' }, b: 1 },
    args: {},
    body: { b: 1 },
  },
  { name: 'an object written empty stays', template: { o: {} }, args: {}, body: { o: {} } },
  { name: 'an empty body stays a body', template: {}, args: {}, body: {} },
  { name: 'a body that lost everything is an empty one', template: { a: '$x' }, args: {}, body: {} },
  { name: 'a list that lost everything is an empty one', template: ['$x'], args: {}, body: [] },
  {
    name: 'list elements are filled in and dropped like keys',
    template: { l: [{ q: '$x' }, '$y', 'z'] },
    args: { x: 1 },
    body: { l: [{ q: 1 }, 'z'] },
  },
  { name: 'two dollars stand for one', template: { a: '$$x' }, args: { x: 1 }, body: { a: '$x' } },
  {
    name: 'a dollar within a text is only a dollar',
    template: { a: 'US$ 5', b: '$' },
    args: {},
    body: { a: 'US$ 5', b: '$' },
  },
  {
    name: 'an argument can be a whole list',
    template: { events: '$events' },
    args: { events: [{ a: 1 }] },
    body: { events: [{ a: 1 }] },
  },
  {
    name: 'null, true and numbers stand for themselves',
    template: { a: null, b: true, c: 1.5 },
    args: {},
    body: { a: null, b: true, c: 1.5 },
  },
]

for (const { name, template, args, body } of cases) {
  test(name, () => assert.deepEqual(compileBody(template).render(args), body))
}

test('a template names its arguments once each', () => {
  assert.deepEqual(compileBody({ a: '$x', b: ['$y', { c: '$x' }], d: '$$z' }).names, ['x', 'y'])
})
