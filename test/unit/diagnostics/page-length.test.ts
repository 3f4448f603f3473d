import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AppError } from '../../../src/lib/errors.ts'
import { failure, type Finding, type Mark } from '../../../src/diagnostics/finding.ts'
import { pageText } from '../../../src/diagnostics/page.ts'

type Sections = Parameters<typeof pageText>[0]['sections']

const linesOf = (sections: Sections): readonly string[] =>
  pageText({ product: 'amazonmusic2mqtt', version: '1.2.3', atEpochMs: 0, sections })
    .replace(/\n$/, '')
    .split('\n')

const many = (count: number, mark: Mark, name: string): readonly Finding[] =>
  Array.from({ length: count }, (_, n) => ({ mark, name, words: `${name} number ${n}.` }))

/** The lines of a section, without its head. */
const section = (lines: readonly string[], title: string): readonly string[] => {
  const from = lines.indexOf(`## ${title}`) + 2
  const to = lines.findIndex((line, n) => n > from && line.startsWith('## '))
  return lines.slice(from, to === -1 ? undefined : to - 1)
}

test('a page of 120 lines is whole, and of a longer one a line says what is not there', () => {
  const withLines = (count: number): readonly string[] =>
    linesOf([{ title: 'One', findings: many(count, 'info', 'row') }])
  const most = 120 - (withLines(1).length - 1)
  const full = withLines(most)
  assert.equal(full.length, 120)
  assert.match(full.at(-1) ?? '', new RegExp(`row number ${most - 1}\\.$`))
  const longer = withLines(most + 1)
  assert.equal(longer.length, 120)
  assert.match(longer.at(-1) ?? '', /^ {4}info {2}left out {14}2 more; doctor --json shows all$/)
})

test('long lists get short before short ones do, from their ends', () => {
  const lines = linesOf([
    { title: 'Short', findings: many(9, 'info', 'short') },
    { title: 'Long', findings: many(60, 'info', 'long') },
    { title: 'Longer', findings: many(80, 'info', 'longer') },
  ])
  assert.equal(lines.length, 120)
  assert.equal(section(lines, 'Short').length, 9)
  for (const [title, all] of [
    ['Long', 60],
    ['Longer', 80],
  ] as const) {
    const shown = section(lines, title)
    const name = title.toLowerCase()
    shown.slice(0, -1).forEach((line, n) => assert.ok(line.endsWith(`${name} number ${n}.`), line))
    assert.match(shown.at(-1) ?? '', new RegExp(`left out .* ${all - shown.length + 1} more;`))
  }
  const gap = section(lines, 'Long').length - section(lines, 'Longer').length
  assert.ok(Math.abs(gap) <= 1, `${gap}`)
})

test('what is wrong stays while there is something else to leave out', () => {
  const wrong = [...many(12, 'FAIL', 'broken'), ...many(12, 'warn', 'odd')]
  const lines = linesOf(
    Array.from({ length: 13 }, (_, n) => ({
      title: `${n}`,
      findings: [...many(20, 'ok', 'fine'), ...(n === 4 ? wrong : []), ...many(20, 'info', 'more')],
    })),
  )
  assert.ok(lines.length <= 120, `${lines.length} lines`)
  for (const { name, words } of wrong)
    assert.ok(
      lines.some((line) => line.includes(`${name} `) && line.endsWith(words)),
      words,
    )
})

test('failures without end are counted, those that are shown and the others', () => {
  const refused = new AppError('net/refused', 'mqtt://localhost:1883: ECONNREFUSED')
  const lines = linesOf([
    {
      title: 'One',
      findings: [
        ...Array.from({ length: 300 }, (_, n) => failure(`part ${n}`, refused)),
        ...many(5, 'warn', 'odd'),
      ],
    },
    { title: 'Two', findings: many(3, 'FAIL', 'broken') },
  ])
  assert.ok(lines.length <= 120 && lines.length > 117, `${lines.length} lines`)
  assert.equal(lines[0], '# amazonmusic2mqtt doctor: 303 FAIL, 5 warn')
  const shown = lines.filter((line) => line.startsWith('    FAIL  part')).length
  const said = lines.find((line) => line.startsWith('    info  left out '))
  assert.match(
    said ?? '',
    new RegExp(` ${305 - shown} more \\(${300 - shown} FAIL, 5 warn\\); doctor --json`),
  )
  assert.ok(
    lines.some((line) => line.includes('Check that it runs')),
    'with what to do',
  )
  assert.equal(section(lines, 'Two').length, 3)
})

test('the same remedy under the same name is said once, without a word in between', () => {
  const wrong = (words: string): Finding => failure('not usable', new AppError('settings/invalid', words))
  const lines = section(linesOf([{ title: 'One', findings: ['a', 'b', 'c'].map(wrong) }]), 'One')
  assert.equal(lines.filter((line) => line.includes('->')).length, 1)
  assert.match(lines.at(-2) ?? '', /not usable {12}b$/)
})

test('a text without end is cut, and its length told', () => {
  const lines = linesOf([
    { title: 'One', findings: [{ mark: 'info', name: 'log', words: 'x '.repeat(5_000) }] },
  ])
  assert.ok(lines.length < 30, `${lines.length} lines`)
  assert.match(lines.at(-1) ?? '', /… \(9501 more characters\)$/)
})
