import { AppError } from '../../lib/errors.ts'
import type { Arguments } from './body-template.ts'

export interface PathTemplate {
  /** Arguments in the path: all are required. */
  readonly pathNames: readonly string[]
  /** Arguments in the query: an absent one is omitted. */
  readonly queryNames: readonly string[]
  /** The URL below `base` for these arguments. @throws AppError `command/payload` */
  url(args: Arguments): URL
}

const placeholder = /\{(\w+)\}/g

/** Compiles a template such as `/v1/playback/sessions/{sessionId}/next?limit={limit}` below `base`. */
export function compilePath(template: string, base: URL): PathTemplate {
  const [path = '', query = ''] = template.split('?', 2)
  const root = base.origin + base.pathname.replace(/\/$/, '')
  const pathNames = namesIn(path)
  const pairs = query === '' ? [] : query.split('&').map(compilePair)
  const queryNames = pairs.flatMap(({ name }) => (name === undefined ? [] : [name]))

  if (pathNames.length === 0 && queryNames.length === 0) {
    const url = new URL(root + template)
    return { pathNames, queryNames, url: () => url }
  }
  return {
    pathNames,
    queryNames,
    url(args) {
      const filled = path.replace(placeholder, (_, name: string) => segment(name, args[name]))
      const search = pairs.map((pair) => pair.render(args)).filter((text) => text !== '')
      return new URL(root + filled + (search.length === 0 ? '' : `?${search.join('&')}`))
    },
  }
}

/** The names of the `{arguments}` in `template`. */
export function namesIn(template: string): readonly string[] {
  return [...template.matchAll(placeholder)].map(([, name]) => name ?? '')
}

function segment(name: string, value: unknown): string {
  const text = asText(value)
  // '.' and '..' would lead to another route, however they are encoded.
  if (text === undefined || text === '' || text === '.' || text === '..') {
    throw new AppError('command/payload', `${name}: expected a text that names something`)
  }
  return encodeURIComponent(text)
}

function compilePair(pair: string): { name: string | undefined; render: (args: Arguments) => string } {
  const name = /^[^=]+=\{(\w+)\}$/.exec(pair)?.[1]
  if (name === undefined) return { name, render: () => pair }
  const key = pair.slice(0, pair.indexOf('='))
  return {
    name,
    render: (args) => {
      const text = asText(args[name])
      return text === undefined ? '' : `${key}=${encodeURIComponent(text)}`
    },
  }
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined
}
