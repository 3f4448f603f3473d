import type { Socket } from 'node:net'

import type { Clock } from '../lib/clock.ts'
import type { JsonObject } from '../lib/decode.ts'
import { errorFields, type Log } from '../lib/log.ts'
import { readLine } from './read-line.ts'
import { decodeRequest, encodeAnswer, encodeFailure, longestRequestBytes } from './wire.ts'

/**
 * From the connection to the sent answer. Longer than a client waits, so that the client's own error comes
 * first.
 */
const exchangeTimeoutMs = 30_000

export interface Answering {
  readonly onRequest: (name: string) => Promise<JsonObject>
  readonly clock: Clock
  readonly log: Log
}

/** Reads the one request of `socket`, answers it and closes. Never throws. */
export function answerRequests(socket: Socket, options: Answering, signal: AbortSignal): void {
  const { onRequest, clock, log } = options
  const closed = new AbortController()
  const either = AbortSignal.any([signal, closed.signal])
  const drop = (): void => void socket.destroy()
  socket.on('error', drop)
  socket.once('close', () => closed.abort())
  signal.addEventListener('abort', drop, { once: true, signal: closed.signal })
  clock.sleep(exchangeTimeoutMs, either).then(drop, () => undefined)

  const answer = async (): Promise<string> => {
    const line = await readLine(socket, longestRequestBytes, either)
    // A starter that only probes whether an agent listens.
    if (line === undefined) return ''
    return encodeAnswer(await onRequest(decodeRequest(line)))
  }
  // Does not wait for a client that keeps its side open or continues to send.
  const finish = (line: string): void => void socket.end(line, drop)
  answer().then(finish, (error: unknown) => {
    if (either.aborted) return
    log.debug('A request on the control socket was not answered', errorFields(error))
    finish(encodeFailure(error))
  })
}
