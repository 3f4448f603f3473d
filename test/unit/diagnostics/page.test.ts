import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AppError } from '../../../src/lib/errors.ts'
import { failure, type Finding } from '../../../src/diagnostics/finding.ts'
import { pageJson, pageText } from '../../../src/diagnostics/page.ts'

const page = (...findings: readonly Finding[]): Parameters<typeof pageText>[0] => ({
  product: 'amazonmusic2mqtt',
  version: '1.2.3',
  atEpochMs: Date.UTC(2026, 10, 22, 8, 15),
  sections: [
    { title: 'One', findings },
    { title: 'Two', findings: [{ mark: 'info', name: 'empty', words: '' }] },
  ],
})

const refused = new AppError('net/refused', 'mqtt://localhost:1883: ECONNREFUSED')

test('the head counts what fails, says when it was asked, and that it should be looked through', () => {
  const [head, , ...rest] = pageText(page(failure('a', refused), failure('b', refused, 'warn'))).split('\n')
  assert.equal(head, '# amazonmusic2mqtt doctor: 1 FAIL, 1 warn')
  assert.match(
    rest.join(' '),
    /2026-11-22 08:15:00 UTC.*Passwords, tokens and codes are left out.*look through/,
  )
  assert.match(
    pageText(page({ mark: 'ok', name: 'a', words: 'b' })),
    /^# amazonmusic2mqtt doctor: all is well\n/,
  )
})

test('a failure is followed by what to do, once for each code', () => {
  const lines = pageText(page(failure('broker', refused), failure('again', refused))).split('\n')
  const at = lines.findIndex((line) => line.startsWith('    FAIL  broker'))
  assert.match(lines[at] ?? '', /^ {4}FAIL {2}broker {16}mqtt:\/\/localhost:1883: ECONNREFUSED$/)
  assert.match(lines.slice(at + 1, at + 3).join(' '), /-> Check that it runs.*\(net\/refused\)$/)
  assert.equal(lines.filter((line) => line.includes('Check that it runs')).length, 1)
  assert.match(lines.join('\n'), /FAIL {2}again .*\n +-> as above \(net\/refused\)/)
})

test('no line is wider than 100 columns, and all but the headings and the notice is a code block', () => {
  const long = `${'word '.repeat(60)}${'x'.repeat(300)} ${'ü'.repeat(120)}`
  const text = pageText(
    page({ mark: 'warn', name: 'a name that is far too long for its column', words: long, remedy: long }),
  )
  for (const line of text.split('\n')) assert.ok(line.length <= 100, line)
  const body = text.slice(text.indexOf('## One')).split('\n')
  for (const line of body) assert.match(line, /^(## .*| {4}.*|)$/)
})

test('a text from elsewhere stays in its line, and moves no cursor', () => {
  const text = pageText(page({ mark: 'info', name: 'x', words: 'one\n## Two\r\u001b[2J\u202e\u2028three' }))
  assert.ok(text.includes('one ## Two [2J three'), text)
})

test('the page for machines has the same findings, counted', () => {
  const parsed: unknown = JSON.parse(
    pageJson(page(failure('a', refused), { mark: 'ok', name: 'b', words: 'c' })),
  )
  assert.deepEqual(parsed, {
    format: 1,
    product: 'amazonmusic2mqtt',
    version: '1.2.3',
    at: '2026-11-22T08:15:00.000Z',
    failed: 1,
    warned: 0,
    sections: [
      {
        title: 'One',
        findings: [
          {
            mark: 'FAIL',
            name: 'a',
            words: 'mqtt://localhost:1883: ECONNREFUSED',
            remedy: refused.remedy,
            code: 'net/refused',
          },
          { mark: 'ok', name: 'b', words: 'c' },
        ],
      },
      { title: 'Two', findings: [{ mark: 'info', name: 'empty', words: '' }] },
    ],
  })
})
