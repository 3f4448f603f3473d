import type { Arguments } from './routes/body-template.ts'
import type { Operation } from './routes/routes.ts'

/**
 * Sends an operation of the routes table and returns what `decode` makes of the parsed body and the status.
 */
export type Send = <T>(
  operation: Operation,
  args: Arguments,
  signal: AbortSignal,
  decode: (body: unknown, status: number) => T,
) => Promise<T>

/** For operations whose answer the agent does not need: the body is not even parsed. */
export const ignoreAnswer = (): void => undefined
