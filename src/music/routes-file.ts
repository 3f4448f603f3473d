import type { JsonObject } from '../base/decode.ts'
import { AppError } from '../base/errors.ts'
import { compileBody, type Json } from './body-template.ts'
import { asObject } from './layers.ts'
import { namesIn } from './path-template.ts'
import { evidences, methods, type Operation, type Route, type Routes } from './routes.ts'

/**
 * The routes with what a file (A2M_MUSIC_ROUTES_FILE) puts in place of them. The file is JSON of the table's own
 * form and may hold any part of it: `{"operations":{"getPlaybackQueue":{"path":"/v1/…"}},"words":{…}}`. An audio
 * header set to null is not sent.
 *
 * @param text the file's content
 * @throws AppError `settings/invalid`, naming every problem
 */
export function readRoutesFile(text: string, defaults: Routes): Routes {
  const problems: string[] = []
  const file = parse(text, problems)
  const known = ['operations', 'audioHeaders', 'words', 'mrn', 'limits']
  refuseOthers(file, known, '', problems)
  const routes: Routes = {
    operations: readOperations(file['operations'], defaults.operations, problems),
    audioHeaders: readHeaders(file['audioHeaders'], defaults.audioHeaders, problems),
    words: overlay(file['words'], defaults.words, 'words', problems),
    mrn: overlay(file['mrn'], defaults.mrn, 'mrn', problems),
    limits: overlay(file['limits'], defaults.limits, 'limits', problems),
  }
  for (const [kind, form] of Object.entries(routes.mrn)) {
    if (!form.includes('{id}')) problems.push(`mrn.${kind}: it needs {id}`)
  }
  if (problems.length > 0) {
    throw new AppError('settings/invalid', `A2M_MUSIC_ROUTES_FILE: ${problems.join('; ')}`, {
      facts: { problems: problems.length },
    })
  }
  return routes
}

function parse(text: string, problems: string[]): JsonObject {
  try {
    const file = asObject(JSON.parse(text))
    if (file !== undefined) return file
    problems.push('expected a JSON object')
  } catch (error) {
    problems.push(`not JSON (${error instanceof Error ? error.message : 'unreadable'})`)
  }
  return {}
}

function readOperations(
  value: unknown,
  defaults: Routes['operations'],
  problems: string[],
): Routes['operations'] {
  const rows: Record<Operation, Route> = { ...defaults }
  const names = Object.keys(defaults) as Operation[]
  const source = objectOrProblem(value, 'operations', problems)
  refuseOthers(source, names, 'operations.', problems)
  for (const name of names) {
    const row = source[name]
    if (row !== undefined) rows[name] = readRow(row, defaults[name], `operations.${name}`, problems)
  }
  return rows
}

function readRow(value: unknown, row: Route, at: string, problems: string[]): Route {
  const source = objectOrProblem(value, at, problems)
  refuseOthers(source, Object.keys(row), `${at}.`, problems)
  const take = <K extends keyof Route>(
    key: K,
    fits: (v: unknown) => v is Route[K],
    expected: string,
  ): Route[K] => {
    const found = source[key]
    if (found === undefined) return row[key]
    if (fits(found)) return found
    problems.push(`${at}.${key}: expected ${expected}`)
    return row[key]
  }
  const result: Route = {
    method: take('method', oneOf(methods), methods.join(', ')),
    path: take('path', isPath, 'a path that begins with one / and has no blanks'),
    scope: take('scope', isText, 'a text'),
    evidence: take('evidence', oneOf(evidences), evidences.join(', ')),
    body: take('body', isJson, 'JSON'),
    required: take('required', isTexts, 'a list of texts'),
    audioHeaders: take('audioHeaders', isBoolean, 'true or false'),
    repeatable: take('repeatable', isBoolean, 'true or false'),
  }
  checkPlaceholders(result, row, at, problems)
  return result
}

/** A misspelt name would drop what matters without a word. */
function checkPlaceholders(row: Route, builtIn: Route, at: string, problems: string[]): void {
  const carried = [...namesIn(row.path), ...(row.body === null ? [] : compileBody(row.body).names)]
  const inPath = namesIn(row.path.split('?', 1)[0] ?? '')
  const known = new Set([
    ...namesIn(builtIn.path),
    ...(builtIn.body === null ? [] : compileBody(builtIn.body).names),
  ])
  for (const name of inPath) {
    if (!known.has(name)) problems.push(`${at}.path: nothing gives {${name}}`)
  }
  for (const name of row.required) {
    if (!carried.includes(name))
      problems.push(`${at}: ${name} is required, but neither path nor body carries it`)
  }
  if (row.method === 'GET' && row.body !== null) problems.push(`${at}.body: a GET has none; set it to null`)
}

function readHeaders(
  value: unknown,
  defaults: Routes['audioHeaders'],
  problems: string[],
): Routes['audioHeaders'] {
  const headers: Record<string, string> = {}
  const source = objectOrProblem(value, 'audioHeaders', problems)
  const given = new Map(Object.entries(source).map(([name, text]) => [name.toLowerCase(), text]))
  for (const [name, text] of Object.entries(defaults)) {
    if (!given.has(name.toLowerCase())) headers[name] = text
  }
  for (const [name, text] of Object.entries(source)) {
    if (text === null) continue
    if (typeof text === 'string' && /^[\w-]+$/.test(name) && /^[\x20-\x7e]*$/.test(text)) headers[name] = text
    else problems.push(`audioHeaders.${name}: expected a header's name and its text, or null`)
  }
  return headers
}

/** `defaults` with what `value` puts in place of its texts and numbers; keys are fixed, so are types. */
function overlay<T extends object>(value: unknown, defaults: T, at: string, problems: string[]): T {
  const source = objectOrProblem(value, at, problems)
  refuseOthers(source, Object.keys(defaults), `${at}.`, problems)
  const entries = Object.entries(defaults).map(([key, builtIn]: [string, unknown]) => {
    const found = source[key]
    const path = `${at}.${key}`
    if (found === undefined) return [key, builtIn]
    if (typeof builtIn === 'object' && builtIn !== null) return [key, overlay(found, builtIn, path, problems)]
    if (typeof builtIn === 'number' ? isCount(found) : isText(found)) return [key, found]
    problems.push(`${path}: expected ${typeof builtIn === 'number' ? 'a whole number from 1' : 'a text'}`)
    return [key, builtIn]
  })
  return Object.fromEntries(entries) as T
}

function refuseOthers(
  source: JsonObject,
  known: readonly string[],
  prefix: string,
  problems: string[],
): void {
  for (const key of Object.keys(source)) {
    if (!known.includes(key)) problems.push(`${prefix}${key}: unknown; there are ${known.join(', ')}`)
  }
}

function objectOrProblem(value: unknown, at: string, problems: string[]): JsonObject {
  if (value === undefined) return {}
  const source = asObject(value)
  if (source === undefined) problems.push(`${at}: expected an object`)
  return source ?? {}
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean'
const isCount = (value: unknown): value is number => Number.isInteger(value) && Number(value) >= 1
const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(isText)
const isPath = (value: unknown): value is string => isText(value) && /^\/(?!\/)[^\s#]*$/.test(value)
/** The file is JSON, so all of it is. */
const isJson = (value: unknown): value is Json => value !== undefined
const oneOf =
  <T extends string>(words: readonly T[]) =>
  (value: unknown): value is T =>
    words.includes(value as T)
