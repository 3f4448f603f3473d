import type { AccountEvent, AccountState } from '../account/account-state.ts'
import { Emitter } from '../lib/async/emitter.ts'
import type { AppError } from '../lib/errors.ts'
import type { IncomingMessage } from '../mqtt/message.ts'
import type { PlaybackEvent } from '../playback/playback-state.ts'

/** Events of the agent's parts. An undefined problem means that the problem is solved. */
export interface AgentEvents {
  /** The wall clock was set, by this many milliseconds. */
  readonly clockSet: Emitter<number>
  readonly saveProblem: Emitter<AppError | undefined>
  readonly brokerMessage: Emitter<IncomingMessage>
  readonly brokerConnected: Emitter<void>
  /** Without an error, the agent ended the connection. */
  readonly brokerDisconnected: Emitter<AppError | undefined>
  /** The broker does not accept a message to `topic`. */
  readonly brokerRefused: Emitter<{ readonly topic: string; readonly error: AppError }>
  /** Another device uses this device's name, so this one took a new name. */
  readonly renamed: Emitter<AppError>
  readonly accountChanged: Emitter<AccountState>
  readonly accountEvent: Emitter<AccountEvent>
  readonly signedOut: Emitter<void>
  /** A call to the music service ended; undefined: it succeeded. */
  readonly serviceCalled: Emitter<AppError | undefined>
  readonly playbackChanged: Emitter<void>
  readonly playbackEvent: Emitter<PlaybackEvent>
  readonly playerProblem: Emitter<AppError | undefined>
  readonly presetsChanged: Emitter<void>
}

export function createEvents(): AgentEvents {
  return {
    clockSet: new Emitter(),
    saveProblem: new Emitter(),
    brokerMessage: new Emitter(),
    brokerConnected: new Emitter(),
    brokerDisconnected: new Emitter(),
    brokerRefused: new Emitter(),
    renamed: new Emitter(),
    accountChanged: new Emitter(),
    accountEvent: new Emitter(),
    signedOut: new Emitter(),
    serviceCalled: new Emitter(),
    playbackChanged: new Emitter(),
    playbackEvent: new Emitter(),
    playerProblem: new Emitter(),
    presetsChanged: new Emitter(),
  }
}
