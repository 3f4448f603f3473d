import { jsonAnswer, type Answer } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { Route } from '../http/routes.ts'
import { ControlError, type Input } from './input.ts'
import type { SandboxControl } from './control.ts'
import { controlTable, type ControlRow } from './table.ts'

/** `/control/…`: every row of the table. `GET /control` returns the table itself. */
export function controlRoutes(control: SandboxControl): readonly Route[] {
  const rows = controlTable.map(({ method, path, does, takes }) => ({ method, path, does, takes }))
  return [
    { method: 'GET', path: '/control', handle: () => jsonAnswer(200, { control: rows }) },
    ...controlTable.map((row): Route => ({ ...row, handle: (call) => answering(control, row, call) })),
  ]
}

function answering(control: SandboxControl, row: ControlRow, call: Call): Answer {
  try {
    return jsonAnswer(
      200,
      row.run(control, row.method === 'GET' ? Object.fromEntries(call.query) : readInput(call)) ?? {},
    )
  } catch (error) {
    if (error instanceof ControlError) return jsonAnswer(error.status, { error: error.message })
    throw error
  }
}

/**
 * Requires Content-Type application/json: a web page cannot send that to the sandbox without a CORS
 * preflight.
 */
function readInput(call: Call): Input {
  if (call.contentType !== 'application/json')
    throw new ControlError(400, 'Content-Type must be application/json')
  if (call.body.length === 0) return {}
  let input: unknown
  try {
    input = JSON.parse(call.body.toString('utf8'))
  } catch {
    throw new ControlError(400, 'the body is not JSON')
  }
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new ControlError(400, 'the body must be an object')
  }
  return input as Input
}
