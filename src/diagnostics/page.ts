import type { Finding, Mark } from './finding.ts'
import { leaveOneOut, leftOutLine, type Shown } from './leave-out.ts'
import type { Section } from './run-probes.ts'
import { shortened } from './shortened.ts'

const width = 100
/** Nobody reads a longer page. */
const mostLines = 120
/** In characters. A log line can be of any length. */
const longestWords = 500
/** Markdown shows text indented by four spaces unchanged. */
const margin = '    '
const nameWidth = 20

export interface Page {
  readonly product: string
  readonly version: string
  readonly atEpochMs: number
  readonly sections: readonly Section[]
}

/** What to know before posting the page. */
const notice =
  'Passwords, tokens and codes are left out and ids are cut to six characters. Names of hosts, folders, users, ' +
  'devices and sound cards are in it, and what the log says of errors: look through it before you post it.'

/**
 * The page as Markdown, at most 100 columns wide and 120 lines long. Leaves out the least important findings
 * and counts them in their place. Ends with a line feed.
 */
export function pageText(page: Page): string {
  const head = [
    `# ${page.product} doctor: ${verdict(page.sections)}`,
    '',
    ...wrapped(`${at(page.atEpochMs)}. ${notice}`, '', ''),
  ]
  let shown: readonly Shown[] = page.sections.map((section) => ({ ...section, leftOut: [] }))
  let body = sectionLines(shown)
  while (head.length + body.length > mostLines) {
    const fewer = leaveOneOut(shown)
    if (fewer === shown) break
    shown = fewer
    body = sectionLines(shown)
  }
  return [...head, ...body, ''].join('\n')
}

function sectionLines(sections: readonly Shown[]): readonly string[] {
  const explained = new Set<string>()
  return sections.flatMap((section) => [
    '',
    `## ${section.title}`,
    '',
    ...[...section.findings, ...leftOutLine(section)].flatMap((finding, n, all) =>
      lines(finding, all[n - 1], explained),
    ),
  ])
}

/** The page as JSON: an object with `format`, `at` (ISO 8601), `failed`, `warned` and `sections`. */
export function pageJson({ product, version, atEpochMs, sections }: Page): string {
  const content = {
    format: 1,
    product,
    version,
    at: new Date(atEpochMs).toISOString(),
    failed: count(sections, 'FAIL'),
    warned: count(sections, 'warn'),
    sections,
  }
  return `${JSON.stringify(content, undefined, 2)}\n`
}

function verdict(sections: readonly Section[]): string {
  const failed = count(sections, 'FAIL')
  const warned = count(sections, 'warn')
  if (failed === 0 && warned === 0) return 'all is well'
  return [...(failed === 0 ? [] : [`${failed} FAIL`]), ...(warned === 0 ? [] : [`${warned} warn`])].join(', ')
}

function count(sections: readonly Section[], mark: Mark): number {
  return sections.flatMap(({ findings }) => findings).filter((finding) => finding.mark === mark).length
}

/**
 * A finding and its remedy. A remedy with a code is printed once per page, then as "as above"; not at all
 * when the line above has the same name, code and remedy.
 */
function lines(finding: Finding, before: Finding | undefined, explained: Set<string>): readonly string[] {
  const { mark, name, words, remedy, code } = finding
  const first = `${margin}${mark.padEnd(6)}${name.padEnd(nameWidth)}  `
  const rest = ' '.repeat(first.length)
  const said = wrapped(shortened(printable(words), longestWords), first, rest)
  if (remedy === undefined) return said
  const key = `${code ?? ''} ${remedy}`
  const isAbove = before?.name === name && before.code === code && before.remedy === remedy
  if (code !== undefined && isAbove) return said
  if (code !== undefined && explained.has(key)) return [...said, `${rest}-> as above (${code})`]
  explained.add(key)
  const todo = code === undefined ? printable(remedy) : `${printable(remedy)} (${code})`
  return [...said, ...wrapped(todo, `${rest}-> `, `${rest}   `)]
}

function at(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19).replace('T', ' ')} UTC by the clock of this machine`
}

/** One line, without control characters that move a terminal's cursor. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
}

function wrapped(text: string, first: string, rest: string): readonly string[] {
  const done: string[] = []
  let line = first
  let isEmpty = true
  for (const word of text.split(' ').flatMap((part) => cut(part, width - rest.length))) {
    if (!isEmpty && line.length + 1 + word.length > width) {
      done.push(line)
      line = rest
      isEmpty = true
    }
    line += isEmpty ? word : ` ${word}`
    isEmpty = false
  }
  return [...done, line].map((content) => content.trimEnd())
}

function cut(word: string, longest: number): readonly string[] {
  if (word.length <= longest) return [word]
  return word.match(new RegExp(`.{1,${longest}}`, 'gu')) ?? []
}
