const width = 78

/**
 * CHANGELOG.md in Debian's form. What is under "Unreleased" counts as `version` unless that has a section of its own.
 *
 * @param text sections "## Unreleased", "## 1.2.3 - 2026-11-22" or "## [1.2.3] - 2026-11-22", with lists below
 * @param options `date`: of the newest version, when its section has none
 */
export function debianChangelog(
  text: string,
  options: { name: string; version: string; maintainer: string; date: Date },
): string {
  const sections = text.split(/^## /m).slice(1)
  const entries = sections.flatMap((section) => {
    const [heading = '', ...lines] = section.split('\n')
    const found = /^\[?(\d+\.\d+\.\d+[\w.-]*)\]?(?: +-? *(\d{4}-\d\d-\d\d))?/.exec(heading)
    const isUnreleased = /^\[?unreleased\]?/i.test(heading)
    if (found === null && !isUnreleased) throw new Error(`CHANGELOG.md: "${heading}" is no version`)
    const [, version = options.version, day] = found ?? []
    return [
      {
        version,
        isUnreleased,
        date: day === undefined ? options.date : new Date(day),
        items: itemsOf(lines),
      },
    ]
  })
  const released = entries.filter(({ isUnreleased }) => !isUnreleased)
  const kept = released.some(({ version }) => version === options.version) ? released : entries
  if (kept[0]?.version !== options.version)
    throw new Error(`CHANGELOG.md tells nothing of ${options.version}`)
  return kept
    .map(({ version, date, items }) =>
      [
        `${options.name} (${debianVersion(version)}) unstable; urgency=medium\n`,
        ...(items.length === 0 ? ['  * No change that a user would see.'] : items),
        `\n -- ${options.maintainer}  ${date.toUTCString().replace('GMT', '+0000')}\n`,
      ].join('\n'),
    )
    .join('\n')
}

/** Debian sorts "~" before the end of a text: 1.0.0-rc.1 comes before 1.0.0. */
export function debianVersion(version: string): string {
  return version.replace('-', '~')
}

function itemsOf(lines: readonly string[]): readonly string[] {
  const made: string[] = []
  let item: string[] = []
  const end = (): void => {
    if (item.length > 0) made.push(...wrapped(item.join(' ')))
    item = []
  }
  for (const line of lines) {
    const heading = /^#+ (.*)/.exec(line)?.[1]
    const start = /^\s*[-*] (.*)/.exec(line)?.[1]
    if (heading !== undefined || start !== undefined || line.trim() === '') end()
    if (heading !== undefined) made.push(`${made.length === 0 ? '' : '\n'}  [ ${heading} ]`)
    else if (start !== undefined) item.push(start)
    else if (item.length > 0 && line.trim() !== '') item.push(line.trim())
  }
  end()
  return made
}

function wrapped(text: string): readonly string[] {
  const lines: string[] = []
  let line = '  *'
  for (const word of text.replaceAll('`', '').split(/\s+/)) {
    if (line.length + 1 + word.length > width && line.trim() !== '*') {
      lines.push(line)
      line = '   '
    }
    line = `${line} ${word}`
  }
  return [...lines, line]
}
