import type { JsonObject } from '../../lib/decode.ts'
import { AppError } from '../../lib/errors.ts'

type ArgumentType = 'text' | 'texts' | 'number' | 'boolean' | 'list'

/** The types of the built-in routes' arguments. Arguments that a routes file adds are not checked. */
const types: Readonly<Record<string, ArgumentType>> = {
  sessionId: 'text',
  limit: 'number',
  id: 'text',
  containerIds: 'texts',
  shuffleMode: 'text',
  loopMode: 'text',
  startAsStation: 'boolean',
  playbackContinuationMode: 'text',
  takeOverType: 'text',
  metricId: 'text',
  type: 'text',
  clientTimestampInMilliseconds: 'number',
  initialPlaybackDelayMilliseconds: 'number',
  deviceTimezone: 'text',
  playbackCurrentSpeed: 'number',
  durationSeconds: 'number',
  entityProgressSeconds: 'number',
  rebufferCount: 'number',
  terminationReason: 'text',
  events: 'list',
  query: 'text',
}

const expected: Readonly<Record<ArgumentType, string>> = {
  text: 'a text',
  texts: 'a list of texts',
  number: 'a number',
  boolean: 'true or false',
  list: 'a list of objects',
}

export interface Signature {
  readonly name: string
  readonly argumentNames: readonly string[]
  readonly required: readonly string[]
}

/**
 * Checks the arguments that a person sent for an operation: known, complete, and of the right type.
 *
 * @throws AppError `command/payload`, naming every problem and what the operation takes
 */
export function checkArguments(operation: Signature, args: JsonObject): void {
  const problems: string[] = []
  for (const [name, value] of Object.entries(args)) {
    if (!operation.argumentNames.includes(name)) {
      problems.push(`${name} is not an argument of it`)
      continue
    }
    const type = types[name]
    if (type !== undefined && value !== undefined && value !== null && !fits(type, value)) {
      problems.push(`${name}: expected ${expected[type]}`)
    }
  }
  for (const name of operation.required) {
    const value = args[name]
    if (value === undefined || value === null || value === '') problems.push(`${name} is missing`)
  }
  if (problems.length === 0) return
  throw new AppError(
    'command/payload',
    `${operation.name}: ${problems.join('; ')}. It takes ${describe(operation)}`,
  )
}

function describe({ argumentNames, required }: Signature): string {
  if (argumentNames.length === 0) return 'no arguments'
  return argumentNames
    .map((name) => {
      const type = types[name]
      const words = type === undefined ? name : `${name} (${expected[type]})`
      return required.includes(name) ? words : `${words}, optional`
    })
    .join('; ')
}

function fits(type: ArgumentType, value: unknown): boolean {
  switch (type) {
    case 'text':
      return typeof value === 'string'
    case 'texts':
      return Array.isArray(value) && value.every((item) => typeof item === 'string')
    case 'number':
      return typeof value === 'number' && Number.isFinite(value)
    case 'boolean':
      return typeof value === 'boolean'
    case 'list':
      return (
        Array.isArray(value) &&
        value.every((item) => typeof item === 'object' && item !== null && !Array.isArray(item))
      )
  }
}
