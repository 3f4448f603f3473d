import { startChild, type ChildEnd, type ChildOptions } from '../../../../lib/child-process.ts'
import type { Clock } from '../../../../lib/clock.ts'
import { AppError, toAppError } from '../../../../lib/errors.ts'
import { readLines } from '../../../../lib/lines.ts'
import type { Command } from './commands.ts'
import { decodeMessage, type Message, type PlayerProblem } from './messages.ts'

/** docs/player-protocol.md, "In time". */
const replyWithinMs = 5_000
const endWithinMs = 2_000
/** More than a pipe holds, which may arrive at once when the agent was delayed. */
const mostLines = 2_000
const longestLineBytes = 65_536

export interface ConversationOptions {
  readonly child: Omit<ChildOptions, 'clock' | 'channel'>
  readonly clock: Clock
  /** Called with every message except replies. */
  readonly onMessage: (message: Exclude<Message, { readonly type: 'reply' }>) => void
  /**
   * Called when the program ended, or was ended because it broke the protocol. Not called after
   * {@link Conversation.end}.
   */
  readonly onOver: (error: AppError) => void
}

/** One run of a program: sends commands, matches replies, and passes on messages in order. */
export interface Conversation {
  /**
   * Calls `onReply` at the reply, before any later message is passed on. Rejects with what `onReply` throws.
   *
   * @throws AppError `player/failed` when the program has ended
   */
  send(command: Command, onReply: (refusal: PlayerProblem | undefined) => void): Promise<void>
  /**
   * Ends the program because of `error`, which all pending commands and {@link ConversationOptions.onOver}
   * get.
   */
  breakOff(error: AppError): void
  /** Ends the program as requested. Resolves once it has ended. */
  end(): Promise<void>
}

/** @throws AppError `player/missing`, `player/failed` */
export async function startConversation(options: ConversationOptions): Promise<Conversation> {
  const { clock, onMessage, onOver } = options
  const child = await startChild({ ...options.child, clock }).catch((error: unknown) => {
    throw notStarted(options.child.program, error)
  })
  const waiting = new Map<number, Waiting>()
  const isInTime = createRate(mostLines, clock)
  let lastId = 0
  let over: AppError | undefined

  const conclude = (error: AppError): void => {
    over = error
    for (const { refuse, timer } of waiting.values()) {
      timer.abort()
      refuse(error)
    }
    waiting.clear()
  }
  const end = (): Promise<void> => {
    // Its remaining output is not read; a full pipe must not delay its end.
    child.stdout.destroy()
    return child.end(endWithinMs)
  }
  const breakOff = (error: AppError): void => {
    if (over !== undefined) return
    conclude(error)
    void end()
    onOver(error)
  }
  const hear = (line: string): void => {
    if (over !== undefined) return
    if (!isInTime()) {
      breakOff(breach(`more than ${mostLines} lines in a second`))
      return
    }
    let message: Message
    try {
      message = decodeMessage(line)
    } catch (error) {
      breakOff(breach(toAppError(error).message))
      return
    }
    if (message.type !== 'reply') {
      onMessage(message)
      return
    }
    const waited = waiting.get(message.id)
    if (waited === undefined) {
      breakOff(breach(`a reply to ${message.id}, which waits for none`))
      return
    }
    waiting.delete(message.id)
    waited.timer.abort()
    waited.settle(message.refusal)
  }
  readLines(child.stdout, longestLineBytes, hear)
  void child.ended.then((how) => breakOff(new AppError('player/failed', `The player ended ${inWords(how)}`)))

  return {
    send(command, onReply) {
      if (over !== undefined) return Promise.reject(over)
      const id = ++lastId
      const timer = new AbortController()
      clock.sleep(replyWithinMs, timer.signal).then(
        () => breakOff(breach(`no reply to ${command.command} within ${replyWithinMs / 1000} s`)),
        () => undefined,
      )
      return new Promise((resolve, reject) => {
        waiting.set(id, {
          timer,
          refuse: reject,
          settle(refusal) {
            try {
              onReply(refusal)
              resolve()
            } catch (error) {
              reject(toAppError(error))
            }
          },
        })
        child.stdin.write(`${JSON.stringify({ id, ...command })}\n`)
      })
    },
    breakOff,
    end() {
      if (over === undefined) conclude(new AppError('player/failed', 'The player was closed'))
      return end()
    },
  }
}

interface Waiting {
  readonly timer: AbortController
  readonly settle: (refusal: PlayerProblem | undefined) => void
  readonly refuse: (error: AppError) => void
}

/** The program did something that docs/player-protocol.md does not allow. */
export function breach(what: string): AppError {
  return new AppError('player/failed', `The player breaks the protocol: ${what}`)
}

const missingCodes = ['ENOENT', 'EACCES', 'ENOTDIR', 'ENOEXEC', 'ELOOP']

function notStarted(program: string, error: unknown): AppError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return missingCodes.includes(code)
    ? new AppError('player/missing', `${program} cannot be started: ${code}`)
    : new AppError('player/failed', `${program} cannot be started: ${code}`, { cause: error })
}

function inWords({ code, signal }: ChildEnd): string {
  return code === null ? `by ${signal ?? 'a signal'}` : `with exit code ${code}`
}

/** Returns a function that returns, for each call, whether it is among the first `most` of its second. */
export function createRate(most: number, clock: Clock): () => boolean {
  let secondBeganMs = -Infinity
  let count = 0
  return () => {
    const nowMs = clock.monotonicMs()
    if (nowMs - secondBeganMs >= 1_000) {
      secondBeganMs = nowMs
      count = 0
    }
    return ++count <= most
  }
}
