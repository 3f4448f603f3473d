import { plainEnvironment, type ChildOptions, type SignalGroup } from '../../../../lib/child-process.ts'
import type { Clock } from '../../../../lib/clock.ts'
import { AppError } from '../../../../lib/errors.ts'
import type { Log } from '../../../../lib/log.ts'
import type { OpenPlayer, PlayerEvent } from '../../player.ts'
import { CommandPlayer } from './command-player.ts'
import { breach, createRate, startConversation } from './conversation.ts'
import { Redactor } from './redactor.ts'
import { protocolVersion, type Hello } from './messages.ts'

export interface CommandPlayerOptions {
  /** The program and its arguments. */
  readonly commandLine: readonly string[]
  /** The agent's environment; the program gets it without the agent's settings. */
  readonly env: ChildOptions['env']
  /** Ends the program with all processes that it started. */
  readonly signalGroup: SignalGroup
  readonly clock: Clock
  readonly log: Log
}

/** docs/player-protocol.md, "In time". */
const helloWithinMs = 10_000
/** Lines of its stderr that are logged per second. */
const mostLogLines = 50

/** A player that is a program of a device maker, controlled by the protocol of docs/player-protocol.md. */
export function createCommandPlayer(options: CommandPlayerOptions): OpenPlayer {
  return (onEvent, signal) => open(options, onEvent, signal)
}

async function open(
  { commandLine, env, signalGroup, clock, log }: CommandPlayerOptions,
  onEvent: (event: PlayerEvent) => void,
  signal: AbortSignal,
): Promise<CommandPlayer> {
  signal.throwIfAborted()
  const [program = '', ...args] = commandLine
  const discretion = new Redactor()
  const isLogged = createRate(mostLogLines, clock)
  const opening = new AbortController()
  let player: CommandPlayer | undefined
  let failure: AppError | undefined
  let isOpen = false

  const greet = (hello: Hello): void => {
    if (hello.protocol !== protocolVersion) {
      const versions = `version ${hello.protocol} of the protocol, and this agent version ${protocolVersion}`
      conversation.breakOff(new AppError('player/failed', `The player speaks ${versions}`))
      return
    }
    player = new CommandPlayer(hello, conversation, discretion, onEvent)
    const { name, version, preloads, decrypts } = hello
    const [program, programVersion] = [name, version].map((text) => discretion.clean(text))
    log.info('The player is ready', { program, version: programVersion, preloads, decrypts })
    opening.abort()
  }
  const conversation = await startConversation({
    child: {
      program,
      args,
      env: plainEnvironment(env),
      signalGroup,
      onStderr(line) {
        if (isLogged()) log.debug('The player writes', { line: discretion.clean(line) })
      },
    },
    clock,
    onMessage(message) {
      if (player !== undefined) player.hear(message)
      else if (message.type === 'hello') greet(message)
      else conversation.breakOff(breach(`${message.type} before its hello`))
    },
    onOver(error) {
      if (isOpen) player?.gone(error)
      else failure = error
      opening.abort()
    },
  })
  try {
    await clock.sleep(helloWithinMs, AbortSignal.any([signal, opening.signal]))
    conversation.breakOff(breach(`no hello within ${helloWithinMs / 1000} s`))
  } catch {
    // It sent hello, it ended, or the start was aborted.
  }
  isOpen = failure === undefined && !signal.aborted
  if (isOpen && player !== undefined) return player
  await conversation.end()
  signal.throwIfAborted()
  throw failure ?? new AppError('player/failed', 'The player did not start')
}
