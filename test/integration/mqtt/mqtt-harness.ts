import { systemClock } from '../../../src/lib/clock.ts'
import type { AppError } from '../../../src/lib/errors.ts'
import { createLog, type LogLine } from '../../../src/lib/log.ts'
import {
  createBroker,
  type Broker,
  type BrokerOptions,
  type IncomingMessage,
} from '../../../src/mqtt/broker.ts'
import { Inbox } from '../../support/inbox.ts'

/** The broker room of an agent, at work, with all it tells. */
export interface Agent extends AsyncDisposable {
  readonly broker: Broker
  readonly messages: Inbox<IncomingMessage>
  readonly connections: Inbox<4 | 5 | undefined>
  readonly failures: Inbox<AppError>
  readonly lines: Inbox<LogLine>
  connected(): Promise<4 | 5 | undefined>
  /** The next failure with `code`. */
  failed(code: string): Promise<AppError>
  /** Resolves when `run` has ended. */
  stop(): Promise<void>
}

export const availability = 'a2m/test/availability'

export function startAgent(
  url: URL,
  overrides: Partial<BrokerOptions> = {},
  prepare: (broker: Broker) => void = () => undefined,
): Agent {
  const messages = new Inbox<IncomingMessage>()
  const connections = new Inbox<4 | 5 | undefined>()
  const failures = new Inbox<AppError>()
  const lines = new Inbox<LogLine>()
  const stopping = new AbortController()
  const options: BrokerOptions = {
    url,
    clientId: `a2m-test-${Math.random().toString(36).slice(2)}`,
    availabilityTopic: availability,
    subscriptions: ['a2m/test/command', 'a2m/test/set/#'],
    clock: systemClock,
    // The shortest waits the back-off has.
    random: () => 0,
    log: createLog({ level: 'silent', write: () => undefined, onLine: (line) => lines.push(line) }),
    onMessage: (message) => messages.push(message),
    onConnected: () => connections.push(broker.protocolVersion),
    onDisconnected: (error) => error && failures.push(error),
  }
  // Not by spreading: a getter stays one.
  Object.defineProperties(options, Object.getOwnPropertyDescriptors(overrides))
  const broker = createBroker(options)
  prepare(broker)
  const ended = broker.run(stopping.signal)
  const stop = async (): Promise<void> => {
    stopping.abort()
    await ended
  }
  return {
    broker,
    messages,
    connections,
    failures,
    lines,
    connected: () => connections.next('a connection'),
    failed: (code) => failures.next(`the failure ${code}`, (error) => error.code === code),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}
