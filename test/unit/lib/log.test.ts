import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AppError } from '../../../src/lib/errors.ts'
import { createLog, errorFields, logLevels, type LogLine } from '../../../src/lib/log.ts'
import { logSink } from '../../support/log-sink.ts'

test('a line is JSON with level, time, name, message and the fields, nothing of the machine', () => {
  const sink = logSink()
  sink.log.child('account').info('Signed in', { user: '…abc123', code: undefined })
  const [line] = sink.lines()
  assert.ok(line, 'line')
  const { time, ...rest } = line
  assert.equal(typeof time, 'number')
  assert.deepEqual(rest, { level: 'info', name: 'account', msg: 'Signed in', user: '…abc123' })
})

test('each line is one line, whatever the message holds', () => {
  const sink = logSink()
  sink.log.warn('two\nlines\r\n\u2028', { text: 'a\nb' })
  assert.equal(sink.text().trimEnd().split('\n').length, 1)
})

test('lines below the level are not written', () => {
  const sink = logSink('warn')
  for (const level of ['trace', 'debug', 'info', 'warn', 'error'] as const) sink.log[level](level)
  assert.deepEqual(
    sink.lines().map((line) => line['msg']),
    ['warn', 'error'],
  )
  const silent = logSink('silent')
  silent.log.error('nothing')
  assert.equal(silent.text(), '')
  assert.equal(logLevels.includes('silent'), true)
})

test('the pretty form is one line of words with time, level, name and fields', () => {
  let text = ''
  createLog({ level: 'info', pretty: true, write: (line) => (text += line) })
    .child('broker')
    .warn('Lost', { code: 'net/refused', tries: 3 })
  assert.match(text, /^\d\d:\d\d:\d\d warn {2}broker: Lost code="net\/refused" tries=3\n$/)
})

test('whoever shows logs elsewhere is told of every line, also below the level', () => {
  const told: LogLine[] = []
  const log = createLog({ level: 'error', write: () => undefined, onLine: (line) => told.push(line) })
  log.child('music').debug('Asked', { status: 200 })
  log.error('Bad')
  assert.deepEqual(told, [
    { level: 'debug', name: 'music', msg: 'Asked', fields: { status: 200 } },
    { level: 'error', name: 'agent', msg: 'Bad', fields: {} },
  ])
})

test('of an error only code, message and facts are logged, never its cause', () => {
  const error = new AppError('music/throttled', 'Slow down', {
    cause: { options: { headers: { authorization: 'Bearer canary' } } },
    retryAfterMs: 2_000,
    facts: { status: 429 },
  })
  assert.deepEqual(errorFields(error), {
    code: 'music/throttled',
    error: 'Slow down',
    status: 429,
    retryAfterMs: 2_000,
  })
  assert.equal(errorFields('odd')['code'], 'internal/fault')
})

test('fields cannot take the place of level, name or message', () => {
  const sink = logSink()
  sink.log.info('true words', { msg: 'false words', name: 'somebody', level: 'fatal', time: 0 })
  const text = sink.text()
  const line = JSON.parse(text) as Record<string, unknown>
  assert.equal(line['msg'], 'true words')
  assert.equal(line['level'], 'info')
  assert.equal(line['name'], 'agent')
})

test('a field that is named like a part of the line is kept under a longer name', () => {
  const sink = logSink()
  sink.log.info('x', { name: 'kitchen' })
  assert.equal(sink.lines()[0]?.['name_'], 'kitchen')
})

test('a fault is logged with where it was thrown, and without the secrets its message quotes', () => {
  let thrown: unknown
  try {
    // The message of JSON.parse quotes what it was given.
    JSON.parse('"Atza|IwEBIAsecret')
  } catch (error) {
    thrown = error
  }
  const { error, stack } = errorFields(thrown)
  assert.doesNotMatch(`${String(error)}${String(stack)}`, /IwEBIA/)
  assert.match(String(error), /^SyntaxError: /)
  assert.match(String(stack), /log\.test\.ts:\d+:\d+/)
  assert.doesNotMatch(String(stack), /[\\/]/)
})

test('lines of a message that look like a stack are not logged as one', () => {
  const { error, stack } = errorFields(new Error('x\n    at Atza|IwEBIAsecret\n    at token=hush (a b:1:2)'))
  assert.doesNotMatch(`${String(error)}${String(stack)}`, /IwEBIA|hush/)
})

test('a known error is logged without a stack', () => {
  assert.equal('stack' in errorFields(new AppError('net/timeout', 'late')), false)
})
