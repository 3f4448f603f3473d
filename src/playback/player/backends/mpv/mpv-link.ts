import type { Duplex } from 'node:stream'

import type { Clock } from '../../../../lib/clock.ts'
import { AppError } from '../../../../lib/errors.ts'
import { readLines } from '../../../../lib/lines.ts'
import { decodeMpvMessage, type MpvMessage } from './mpv-message.ts'

/** An mpv command: a list of arguments, or its named form. */
export type MpvCommand = unknown[] | Readonly<Record<string, unknown>>

/** mpv's JSON IPC on a socket. */
export interface MpvLink {
  /**
   * Sends a command and returns mpv's answer.
   *
   * @throws AppError `player/failed` when mpv refuses it, when the link is closed, and when no answer came in
   *   time: then the link is closed
   */
  ask(command: MpvCommand, withinMs?: number): Promise<unknown>
  /** Returns the value of a property; undefined: it has none now. @throws as {@link ask} */
  read(property: string): Promise<unknown>
  /** Closes the link, which ends mpv; pending commands reject. */
  close(): void
}

export interface LinkOptions {
  readonly socket: Duplex
  readonly clock: Clock
  /** Called with every message except answers. */
  readonly onMessage: (message: MpvMessage) => void
  /** Called once when the link closes, for whatever reason. */
  readonly onClosed: () => void
}

const answerMs = 5_000

/** The list of sound devices is the longest answer. */
const longestLineBytes = 1024 * 1024

type Reply = Extract<MpvMessage, { type: 'reply' }>

export function openLink({ socket, clock, onMessage, onClosed }: LinkOptions): MpvLink {
  const waiting = new Map<number, (reply: Reply | undefined) => void>()
  let asked = 0
  let isClosed = false

  const close = (): void => {
    if (isClosed) return
    isClosed = true
    socket.destroy()
    for (const answer of [...waiting.values()]) answer(undefined)
    onClosed()
  }
  readLines(socket, longestLineBytes, (line) => {
    const message = decodeMpvMessage(line)
    if (message?.type === 'reply') waiting.get(message.request)?.(message)
    else if (message !== undefined && !isClosed) onMessage(message)
  })
  socket.on('error', close).on('end', close).on('close', close)

  const exchange = async (command: MpvCommand, withinMs = answerMs): Promise<Reply> => {
    if (isClosed) throw new AppError('player/failed', 'mpv has ended')
    const request = ++asked
    const answered = new AbortController()
    const reply = new Promise<Reply | undefined>((resolve) => waiting.set(request, resolve))
    socket.write(`${JSON.stringify({ command, request_id: request })}\n`)
    clock.sleep(withinMs, answered.signal).then(close, () => undefined)
    try {
      const got = await reply
      if (got === undefined) throw new AppError('player/failed', 'mpv did not answer')
      return got
    } finally {
      waiting.delete(request)
      answered.abort()
    }
  }

  return {
    async ask(command, withinMs) {
      const { error, data } = await exchange(command, withinMs)
      if (error === 'success') return data
      throw new AppError('player/failed', `mpv refused ${nameOf(command)}: ${error}`)
    },
    async read(property) {
      const { error, data } = await exchange(['get_property', property])
      return error === 'success' ? data : undefined
    },
    close,
  }
}

function nameOf(command: MpvCommand): string {
  return String(Array.isArray(command) ? command[0] : command['name'])
}
