/** A line of a settings file that cannot be used. */
export interface LineProblem {
  /** Counted from 1. */
  readonly line: number
  /** Completes "line 3: …"; never quotes a value, which may be a password. */
  readonly reason: string
}

export interface SettingsFile {
  /** When several lines set the same name, the last one counts. */
  readonly values: Readonly<Record<string, string>>
  readonly problems: readonly LineProblem[]
}

const quoting = "put it in 'single quotes'"

/**
 * Reads a settings file, as far as systemd (`EnvironmentFile=`: src/basic/env-file.c) and Node (`--env-file`:
 * src/node_dotenv.cc) agree. The service gets its settings through systemd and the command line through Node,
 * so a line that the two read differently is a problem.
 *
 * @param text the whole file; a byte order mark and carriage returns are problems too: systemd makes them
 * part of the value
 */
export function readSettingsFile(text: string): SettingsFile {
  const values: Record<string, string> = {}
  const problems: LineProblem[] = []
  for (const [index, line] of text.split('\n').entries()) {
    const read = readLine(line)
    if (read === undefined) continue
    if ('reason' in read) problems.push({ line: index + 1, reason: read.reason })
    else values[read.name] = read.value
  }
  return { values, problems }
}

type Line = { readonly name: string; readonly value: string } | { readonly reason: string }

/** Undefined for an empty line or a comment. */
function readLine(line: string): Line | undefined {
  if (line.includes('\0')) return { reason: 'holds zero bytes: save the file as UTF-8' }
  if (line.includes('\ufffd')) return { reason: 'is not UTF-8: save the file as UTF-8' }
  if (/[\ufeff\r]/.test(line)) return { reason: 'holds a byte order mark or a carriage return' }
  const text = line.trim()
  if (text === '') return undefined
  if (/^[#;]/.test(text)) {
    return text.endsWith('\\')
      ? { reason: 'a comment that ends with a backslash: systemd takes the next line for a part of it' }
      : undefined
  }
  const [, name, rest] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line) ?? []
  if (name === undefined || rest === undefined)
    return { reason: 'is no setting: expected A2M_SOMETHING=VALUE' }
  const value = readValue(rest)
  return typeof value === 'string' ? { name, value } : { reason: `${name}: ${value.reason}` }
}

function readValue(rest: string): string | { readonly reason: string } {
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(rest)) return { reason: 'expected no control characters' }
  const text = rest.replace(/^ +| +$/g, '')
  const quote = text[0] ?? ''
  if (quote === '`') return { reason: `only Node takes a backtick for a quote; ${quoting}` }
  if (quote !== '"' && quote !== "'") return readPlain(text)
  const end = text.indexOf(quote, 1)
  if (end < 0) return { reason: `the quote at its beginning is never closed` }
  const value = text.slice(1, end)
  if (end !== text.length - 1) {
    return {
      reason: `something follows the closing quote; a comment has a line of its own, and a value that holds one kind of quotes is put in the other kind`,
    }
  }
  if (quote === '"' && value.includes('\\')) {
    return { reason: `systemd and Node read a backslash in double quotes differently; ${quoting}` }
  }
  return value
}

function readPlain(text: string): string | { readonly reason: string } {
  if (text.includes('\t')) return { reason: `holds a tab; ${quoting}` }
  if (text.includes('#')) {
    return {
      reason: `holds a "#": Node ends the value there, systemd does not; ${quoting} if it belongs to the value, else put the comment on a line of its own`,
    }
  }
  if (text.includes('\\')) return { reason: `holds a backslash, which systemd leaves out; ${quoting}` }
  return text
}
