import type { Arguments } from './routes/body-template.ts'
import type { Operation } from './routes/routes.ts'

/** Sends an operation of the routes table and gives what `decode` makes of the parsed body and the status of its answer. */
export type Send = <T>(
  operation: Operation,
  args: Arguments,
  signal: AbortSignal,
  decode: (body: unknown, status: number) => T,
) => Promise<T>

/** For operations whose answer says nothing the agent needs: it is not even parsed. */
export const ignoreAnswer = (): void => undefined
