import { once } from 'node:events'
import { connect } from 'node:net'

import type { Clock } from '../lib/clock.ts'
import type { JsonObject } from '../lib/decode.ts'
import { AppError } from '../lib/errors.ts'
import { readLine } from './read-line.ts'
import { openSocketFolder, ownerSocket } from './socket-path.ts'
import { decodeAnswer, encodeRequest, longestAnswerBytes } from './wire.ts'

const answerTimeoutMs = 10_000

/**
 * Sends a request to the agent that owns `folder`. Undefined when there is none.
 *
 * @throws AppError the error that the agent answered; `net/timeout` when it does not answer within 10 s of
 * `clock`; `state/unwritable` when the folder belongs to another user; `net/*` when the answer cannot be
 * understood; the reason of `signal`
 */
export async function askOwner(
  folder: string,
  request: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<JsonObject | undefined> {
  signal.throwIfAborted()
  const done = new AbortController()
  const timeout = new AbortController()
  const either = AbortSignal.any([signal, timeout.signal])
  clock.sleep(answerTimeoutMs, AbortSignal.any([signal, done.signal])).then(
    () => timeout.abort(new AppError('net/timeout', 'the running agent did not answer in time')),
    () => undefined,
  )
  try {
    return await exchange(folder, request, either)
  } finally {
    done.abort()
  }
}

async function exchange(
  folder: string,
  request: string,
  signal: AbortSignal,
): Promise<JsonObject | undefined> {
  const sockets = openFolder(folder)
  if (sockets === undefined) return undefined
  const socket = connect(sockets.path(ownerSocket))
  // The failed step below reports errors; without a listener one would end the process.
  socket.on('error', () => undefined)
  try {
    try {
      await once(socket, 'connect', { signal })
    } catch (error) {
      signal.throwIfAborted()
      const { code } = error as NodeJS.ErrnoException
      if (code === 'ENOENT' || code === 'ECONNREFUSED') return undefined
      throw unreachable(folder, code)
    }
    socket.write(encodeRequest(request))
    const line = await readLine(socket, longestAnswerBytes, signal)
    if (line === undefined) throw new AppError('net/failed', 'the running agent ended before it answered')
    return decodeAnswer(line)
  } finally {
    socket.destroy()
    sockets.close()
  }
}

function openFolder(folder: string): ReturnType<typeof openSocketFolder> | undefined {
  try {
    return openSocketFolder(folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (error instanceof AppError) throw error
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw unreachable(folder, code)
  }
}

function unreachable(folder: string, code = 'failed'): AppError {
  const foreign = code === 'EACCES' || code === 'EPERM'
  return new AppError(
    foreign ? 'state/unwritable' : 'net/failed',
    `the agent of ${folder} cannot be reached (${code})`,
    {
      facts: { folder },
    },
  )
}
