/** A command line of the docs, and the answer shown below it, if any. */
export interface Recipe {
  readonly heading: string
  readonly line: string
  readonly shown: string | undefined
}

/**
 * The lines of all `sh` blocks of a Markdown file, one recipe each. A line that begins with `#` is an answer.
 */
export function recipesOf(markdown: string): readonly Recipe[] {
  const found: { heading: string; line: string; shown: string | undefined }[] = []
  for (const { heading, text } of blocksOf(markdown, 'sh')) {
    for (const line of text.trimEnd().split('\n')) {
      const last = found.at(-1)
      if (!line.startsWith('#')) found.push({ heading, line, shown: undefined })
      else if (last !== undefined) last.shown = line.replace(/^# */, '')
    }
  }
  return found
}

/** The fenced blocks of one language, each with its heading. */
export function blocksOf(
  markdown: string,
  language: string,
): readonly { readonly heading: string; readonly text: string }[] {
  return [...markdown.matchAll(/^```(\w*)\n([^]*?)^```$/gm)]
    .filter(([, name]) => name === language)
    .map(({ 2: text = '', index }) => ({
      heading: [...withoutBlocks(markdown.slice(0, index)).matchAll(/^#+ (.*)$/gm)].at(-1)?.[1] ?? '',
      text,
    }))
}

/** The text under a heading, up to the next heading of any level, without fenced blocks. */
export function sectionOf(markdown: string, heading: string): string {
  const [, text] = withoutBlocks(markdown).split(new RegExp(`^#+ ${heading}$`, 'm'))
  if (text === undefined) throw new Error(`no heading ${heading}`)
  return text.split(/^#/m)[0] ?? ''
}

function withoutBlocks(markdown: string): string {
  return markdown.replace(/^```\w*\n[^]*?^```$/gm, '')
}

/** The words in backticks in one column, counted from 0, of all tables of a text. */
export function wordsInColumn(text: string, column: number): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .flatMap((line) => [...(line.split('|')[column + 1] ?? '').matchAll(/`([^`]+)`/g)])
    .map(([, word = '']) => word)
}

const left = '…'

/** Parses JSON as shown in the docs. An ellipsis means omitted content. */
export function shownJson(text: string): unknown {
  const whole = text.replace(/"[^"]*"|([,[{])…([\]}])/g, (found, before?: string, after?: string) => {
    if (before === undefined || after === undefined) return found
    return after === ']' ? `${before}"${left}"]` : `${before}"${left}":0}`
  })
  return JSON.parse(whole)
}

/** Where `actual` differs from what the docs show, as `path: difference`; empty without differences. */
export function differences(shown: unknown, actual: unknown, path = 'answer'): readonly string[] {
  if (shown === left || shown === actual) return []
  if (Array.isArray(shown) && Array.isArray(actual)) {
    const [first, ...rest] = shown as unknown[]
    if (first === left) return []
    if (actual.length === 0 || (actual.length > 1 && rest.at(-1) !== left))
      return [`${path}: ${actual.length} entries`]
    return actual.flatMap((one, i) => differences(first, one, `${path}[${i}]`))
  }
  if (!isObject(shown) || !isObject(actual)) return [`${path}: ${JSON.stringify(actual)}`]
  const known = Object.keys(shown).filter((key) => key !== left)
  const others = Object.keys(actual).filter((key) => !known.includes(key))
  return [
    ...(Object.hasOwn(shown, left) ? [] : others.map((key) => `${path}.${key}: not shown`)),
    ...known.flatMap((key) =>
      Object.hasOwn(actual, key)
        ? differences(shown[key], actual[key], `${path}.${key}`)
        : [`${path}.${key}: missing`],
    ),
  ]
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
