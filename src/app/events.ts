import type { AccountEvent, AccountState } from '../account/account-state.ts'
import { Emitter } from '../lib/async/emitter.ts'
import type { AppError } from '../lib/errors.ts'
import type { IncomingMessage } from '../mqtt/message.ts'
import type { PlaybackEvent } from '../playback/playback-state.ts'

/** What the parts of the agent emit. A problem that is undefined is over. */
export interface AgentEvents {
  /** The wall clock was set by so many milliseconds. */
  readonly clockSet: Emitter<number>
  readonly saveProblem: Emitter<AppError | undefined>
  readonly brokerMessage: Emitter<IncomingMessage>
  readonly brokerConnected: Emitter<void>
  /** Without an error the agent itself ended the connection. */
  readonly brokerDisconnected: Emitter<AppError | undefined>
  /** The broker does not take a message to `topic`. */
  readonly brokerRefused: Emitter<{ readonly topic: string; readonly error: AppError }>
  /** Another device has this device's name, so this one took another. */
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
