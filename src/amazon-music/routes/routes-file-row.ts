import { compileBody, type Json } from './body-template.ts'
import { isText, type FileProblems } from './file-problems.ts'
import { namesIn } from './path-template.ts'
import { evidences, methods, type Route } from './routes.ts'

/** A row of the table with its keys replaced by those of the file. */
export function readRow(value: unknown, builtIn: Route, at: string, problems: FileProblems): Route {
  const source = problems.object(value, at, Object.keys(builtIn))
  const take = <K extends keyof Route>(
    key: K,
    fits: (found: unknown) => found is Route[K],
    expected: string,
  ): Route[K] => {
    const found = source[key]
    if (found === undefined) return builtIn[key]
    if (fits(found)) return found
    problems.note(`${at}.${key}`, `expected ${expected}`)
    return builtIn[key]
  }
  const row: Route = {
    method: take('method', oneOf(methods), methods.join(', ')),
    path: take('path', isPath, 'a path that begins with one / and has no blanks'),
    scope: take('scope', isText, 'a text'),
    evidence: take('evidence', oneOf(evidences), evidences.join(', ')),
    body: take('body', isJson, 'JSON'),
    required: take('required', isTexts, 'a list of texts'),
    audioHeaders: take('audioHeaders', isBoolean, 'true or false'),
    repeatable: take('repeatable', isBoolean, 'true or false'),
  }
  checkPlaceholders(row, builtIn, at, problems)
  if (row.method === 'GET' && row.body !== null) {
    problems.note(`${at}.body`, 'a GET has none; set it to null')
  }
  return row
}

/** Finds misspelt names: without this check they would silently drop an argument that matters. */
function checkPlaceholders(row: Route, builtIn: Route, at: string, problems: FileProblems): void {
  const given = namesOf(builtIn)
  for (const name of namesIn(row.path.split('?', 1)[0] ?? '')) {
    if (!given.includes(name)) problems.note(`${at}.path`, `nothing gives {${name}}`)
  }
  const carried = namesOf(row)
  for (const name of row.required) {
    if (!carried.includes(name)) {
      problems.note(at, `${name} is required, but neither path nor body carries it`)
    }
  }
}

function namesOf({ path, body }: Route): readonly string[] {
  return [...namesIn(path), ...(body === null ? [] : compileBody(body).names)]
}

const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean'
const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(isText)
const isPath = (value: unknown): value is string => isText(value) && /^\/(?!\/)[^\s#]*$/.test(value)
/** The file was parsed as JSON, so every value in it is JSON. */
const isJson = (value: unknown): value is Json => value !== undefined
const oneOf =
  <T extends string>(words: readonly T[]) =>
  (value: unknown): value is T =>
    words.includes(value as T)
