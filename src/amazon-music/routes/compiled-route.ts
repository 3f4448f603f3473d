import type { Signature } from './arguments.ts'
import { compileBody, type Arguments } from './body-template.ts'
import { compilePath } from './path-template.ts'
import type { Operation, Route, Routes } from './routes.ts'

/** A row of the routes table, compiled once so that a call only fills in its arguments. */
export interface CompiledRoute extends Signature {
  readonly name: Operation
  readonly route: Route
  /** All headers but the token's. */
  readonly headers: Readonly<Record<string, string>>
  /** @throws AppError `command/payload` when an argument does not fit into the path */
  url(args: Arguments): URL
  /** Undefined: no body is sent. */
  body(args: Arguments): unknown
}

export type CompiledRoutes = Readonly<Record<Operation, CompiledRoute>>

/** The two sides of every call: the service and this device. */
export interface Correspondents {
  /** The service's base URL, such as https://api.music.amazon.dev; a path in front of the routes is kept. */
  readonly musicUrl: URL
  /** Header x-api-key. */
  readonly securityProfileId: string
  /** Header X-Amzn-Device-Id. Never changes on this device. */
  readonly deviceId: string
  /** Header Accept-Language, such as `en-us`. */
  readonly locale: string
}

/** @see docs/sources.md, API headers */
export function compileRoutes(routes: Routes, who: Correspondents): CompiledRoutes {
  const plain = {
    'x-api-key': who.securityProfileId,
    // The newer edition of the page requires it for playback only, the older one always: always satisfies
    // both.
    'x-amzn-device-id': who.deviceId,
    'accept-language': who.locale,
    accept: 'application/json',
  }
  const audio = { ...plain, ...routes.audioHeaders }
  const rows = Object.entries(routes.operations) as [Operation, Route][]
  const compiled = rows.map(([name, route]) => [
    name,
    compileRoute(name, route, who.musicUrl, route.audioHeaders ? audio : plain),
  ])
  return Object.fromEntries(compiled) as CompiledRoutes
}

function compileRoute(
  name: Operation,
  route: Route,
  musicUrl: URL,
  headers: Readonly<Record<string, string>>,
): CompiledRoute {
  const path = compilePath(route.path, musicUrl)
  const body = route.body === null ? undefined : compileBody(route.body)
  return {
    name,
    route,
    headers,
    argumentNames: [...new Set([...path.pathNames, ...(body?.names ?? []), ...path.queryNames])],
    required: [...new Set([...path.pathNames, ...route.required])],
    url: (args) => path.url(args),
    body: (args) => body?.render(args),
  }
}
