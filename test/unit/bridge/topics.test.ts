import assert from 'node:assert/strict'
import { test } from 'node:test'

import { answerTopic } from '../../../src/bridge/commands/answer.ts'
import { createTopics } from '../../../src/bridge/topics.ts'

const topics = createTopics('music/home', 'kitchen', ['up', 'down'], ['ha', 'birth/status'])

test('the topics it hears are those of the device, of all, and of its groups', () => {
  assert.deepEqual(topics.commandFilters, [
    ...['music/home/kitchen/', 'music/home/all/', 'music/home/group/up/', 'music/home/group/down/'].flatMap(
      (start) => [`${start}command`, `${start}set`, `${start}set/+`],
    ),
    'music/home/kitchen/get',
    'music/home/kitchen/request/+',
  ])
})

test('a topic says what is asked for', () => {
  const targets: readonly (readonly [string, unknown])[] = [
    ['music/home/kitchen/command', { type: 'command' }],
    ['music/home/kitchen/set', { type: 'set' }],
    ['music/home/kitchen/set/volume', { type: 'set-key', key: 'volume' }],
    ['music/home/kitchen/set/', { type: 'set-key', key: '' }],
    ['music/home/kitchen/get', { type: 'get' }],
    ['music/home/kitchen/request/play', { type: 'request', name: 'play' }],
    ['music/home/all/command', { type: 'command' }],
    ['music/home/group/up/set', { type: 'set' }],
    ['music/home/group/down/set/muted', { type: 'set-key', key: 'muted' }],
    ['music/home/all/get', undefined],
    ['music/home/all/request/play', undefined],
    ['music/home/group/elsewhere/command', undefined],
    ['music/home/bedroom/command', undefined],
    ['music/home/kitchen/set/volume/x', undefined],
    ['music/home/kitchen/state', undefined],
    ['music/home/kitchen', undefined],
    ['homeassistant/status', undefined],
  ]
  for (const [topic, target] of targets) assert.deepEqual(topics.parse(topic), target, topic)
})

const may = [
  'reply',
  'reply/1',
  'music/home/kitchen/result',
  'music/home/kitchen/response/mine',
  'music/homes/replies/7',
  'music',
  'ham/x',
  'birth/state',
  'elsewhere/kitchen/command',
  'a/'.repeat(200) + 'a',
]
const mayNot = [
  'music/home',
  'music/home/replies/7',
  'music/home/bedroom/availability',
  'music/home/bedroom/result',
  'ha',
  'ha/device/other/config',
  'birth/status',
  '',
  '#',
  '+',
  'reply/+',
  'reply/#',
  'reply/\0',
  'reply/\u0007',
  'reply/\ufffe',
  'a/'.repeat(201),
  'a'.repeat(65_536),
  'ü'.repeat(32_768),
  '$SYS/x',
  '$share/group/x',
  'music/home/kitchen/command',
  'music/home/kitchen/get',
  'music/home/kitchen/set',
  'music/home/kitchen/set/volume',
  'music/home/kitchen/request/play',
  'music/home/bedroom/command',
  'music/home/all/set',
  'music/home/group/up/set/muted',
  'music/home/kitchen/state',
  'music/home/kitchen/state/volume',
  'music/home/kitchen/availability',
  'music/home/kitchen/login/qr',
  'music/home/kitchen/response/a/b',
]

test('an answer goes where its sender wants it, if it can', () => {
  const message = { topic: '', payload: Buffer.alloc(0), retained: false, receivedAtMs: 0 }
  const where = (responseTopic: string): string =>
    answerTopic({ ...message, responseTopic }, { type: 'command' }, topics)
  for (const topic of may) assert.equal(where(topic), topic)
  for (const topic of mayNot) assert.equal(where(topic), 'music/home/kitchen/result', topic.slice(0, 40))
  assert.equal(answerTopic(message, { type: 'command' }, topics), 'music/home/kitchen/result')
  const named = (name: string): string => answerTopic(message, { type: 'request', name }, topics)
  assert.equal(named('play'), 'music/home/kitchen/response/play')
  assert.equal(named('x'.repeat(65_510)), 'music/home/kitchen/result', 'the topic would be too long')
})
