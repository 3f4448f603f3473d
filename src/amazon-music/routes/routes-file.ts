import { AppError } from '../../lib/errors.ts'
import { FileProblems } from './file-problems.ts'
import { readRow } from './routes-file-row.ts'
import type { Operation, Route, Routes } from './routes.ts'

/**
 * The routes with the replacements of a file (A2M_MUSIC_ROUTES_FILE). The file is JSON in the form of the
 * table and may hold any part of it: `{"operations":{"getPlaybackQueue":{"path":"/v1/…"}},"words":{…}}`. An
 * audio header set to null is not sent.
 *
 * @param text the file's content
 * @throws AppError `settings/invalid`, naming every problem
 */
export function readRoutesFile(text: string, defaults: Routes): Routes {
  const problems = new FileProblems()
  const file = problems.object(parse(text, problems), '', Object.keys(defaults))
  const routes: Routes = {
    operations: readOperations(file['operations'], defaults.operations, problems),
    audioHeaders: readHeaders(file['audioHeaders'], defaults.audioHeaders, problems),
    words: problems.overlay(file['words'], defaults.words, 'words'),
    mrn: problems.overlay(file['mrn'], defaults.mrn, 'mrn'),
    limits: problems.overlay(file['limits'], defaults.limits, 'limits'),
  }
  for (const [kind, form] of Object.entries(routes.mrn)) {
    if (!form.includes('{id}')) problems.note(`mrn.${kind}`, 'it needs {id}')
  }
  const { found } = problems
  if (found.length === 0) return routes
  throw new AppError('settings/invalid', `A2M_MUSIC_ROUTES_FILE: ${found.join('; ')}`, {
    facts: { problems: found.length },
  })
}

/** Undefined, with the problem noted, when the text is not JSON. */
function parse(text: string, problems: FileProblems): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    problems.note('the file', `not JSON (${error instanceof Error ? error.message : 'unreadable'})`)
    return undefined
  }
}

function readOperations(
  value: unknown,
  defaults: Routes['operations'],
  problems: FileProblems,
): Routes['operations'] {
  const rows: Record<Operation, Route> = { ...defaults }
  const names = Object.keys(defaults) as Operation[]
  const source = problems.object(value, 'operations', names)
  for (const name of names) {
    const row = source[name]
    if (row !== undefined) rows[name] = readRow(row, defaults[name], `operations.${name}`, problems)
  }
  return rows
}

function readHeaders(
  value: unknown,
  defaults: Routes['audioHeaders'],
  problems: FileProblems,
): Routes['audioHeaders'] {
  const source = problems.object(value, 'audioHeaders')
  const replaced = new Set(Object.keys(source).map((name) => name.toLowerCase()))
  const kept = Object.entries(defaults).filter(([name]) => !replaced.has(name.toLowerCase()))
  const given = Object.entries(source).flatMap(([name, text]): [string, string][] => {
    if (text === null) return []
    if (typeof text === 'string' && /^[\w-]+$/.test(name) && /^[\x20-\x7e]*$/.test(text))
      return [[name, text]]
    problems.note(`audioHeaders.${name}`, "expected a header's name and its text, or null")
    return []
  })
  return Object.fromEntries([...kept, ...given])
}
