import type { Answer } from './answer.ts'
import type { Call } from './call.ts'

export type Handler = (call: Call) => Answer | Promise<Answer>

/** One row of a route table. `{name}` in the path matches one segment. */
export interface Route {
  readonly method: string
  readonly path: string
  readonly handle: Handler
}

interface Pattern {
  readonly segments: readonly string[]
  readonly handle: Handler
}

/** Finds the handler of a request: exact paths by map look-up, patterns by comparing segments. */
export class Routes {
  readonly #exact = new Map<string, Handler>()
  readonly #patterns = new Map<string, Pattern[]>()

  constructor(routes: readonly Route[]) {
    for (const { method, path, handle } of routes) {
      if (!path.includes('{')) {
        this.#exact.set(`${method} ${path}`, handle)
        continue
      }
      const segments = path.split('/')
      const key = `${method} ${segments.length}`
      const listed = this.#patterns.get(key) ?? []
      listed.push({ segments, handle })
      this.#patterns.set(key, listed)
    }
  }

  /** The handler, after filling in `call.params`; null when no route matches. */
  find(call: Call): Handler | null {
    const path = spelling(call.path)
    const method = call.method === 'HEAD' ? 'GET' : call.method
    const exact = this.#exact.get(`${method} ${path}`)
    if (exact) return exact
    const segments = path.split('/')
    for (const pattern of this.#patterns.get(`${method} ${segments.length}`) ?? []) {
      const params = match(pattern.segments, segments)
      if (params === null) continue
      call.params = params
      return pattern.handle
    }
    return null
  }
}

/** AVS writes `/auth/O2/…`, LWA `/auth/o2/…`. The sample of the album page ends in a slash. */
function spelling(path: string): string {
  const trimmed = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
  return trimmed.startsWith('/auth/O2/') ? `/auth/o2/${trimmed.slice('/auth/O2/'.length)}` : trimmed
}

function match(pattern: readonly string[], segments: readonly string[]): Record<string, string> | null {
  const params: Record<string, string> = {}
  for (const [i, wanted] of pattern.entries()) {
    const found = segments[i] ?? ''
    if (!wanted.startsWith('{')) {
      if (wanted !== found) return null
      continue
    }
    const decoded = decode(found)
    if (decoded === null || decoded === '') return null
    params[wanted.slice(1, -1)] = decoded
  }
  return params
}

function decode(segment: string): string | null {
  if (!segment.includes('%')) return segment
  try {
    return decodeURIComponent(segment)
  } catch {
    return null
  }
}
