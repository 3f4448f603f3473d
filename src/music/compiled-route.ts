import type { Signature } from './arguments.ts'
import { compileBody, type Arguments } from './body-template.ts'
import { compilePath } from './path-template.ts'
import type { Operation, Route } from './routes.ts'

/** A row of the routes table, made ready once so that a call only fills it in. */
export interface CompiledRoute extends Signature {
  readonly name: Operation
  readonly route: Route
  /** Every header but the token. */
  readonly headers: Readonly<Record<string, string>>
  /** @throws AppError `command/payload` when an argument cannot stand in the path */
  url(args: Arguments): URL
  /** Undefined: no body is sent. */
  body(args: Arguments): unknown
}

export interface RouteSurroundings {
  readonly musicUrl: URL
  /** Go with every call. */
  readonly headers: Readonly<Record<string, string>>
  /** Go with the rows that say so. */
  readonly audioHeaders: Readonly<Record<string, string>>
}

export function compileRoute(name: Operation, route: Route, around: RouteSurroundings): CompiledRoute {
  const path = compilePath(route.path, around.musicUrl)
  const body = route.body === null ? undefined : compileBody(route.body)
  return {
    name,
    route,
    headers: route.audioHeaders ? { ...around.headers, ...around.audioHeaders } : around.headers,
    argumentNames: [...new Set([...path.pathNames, ...(body?.names ?? []), ...path.queryNames])],
    required: [...new Set([...path.pathNames, ...route.required])],
    url: (args) => path.url(args),
    body: (args) => body?.render(args),
  }
}
