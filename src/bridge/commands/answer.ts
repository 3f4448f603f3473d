import { AppError, toAppError } from '../../lib/errors.ts'
import type { IncomingMessage } from '../../mqtt/message.ts'
import type { Transaction } from './command.ts'
import { encodeFacts } from '../state/event-codec.ts'
import type { Target, Topics } from '../topics.ts'

/** Senders rely on the keys of answers (docs/mqtt.md#answers): add keys, never rename one. */
export function okAnswer(command: string, data: unknown, transaction: Transaction | undefined): string {
  return JSON.stringify({
    status: 'ok',
    command,
    data: data ?? {},
    ...(transaction === undefined ? {} : { transaction }),
  })
}

export function errorAnswer(command: string, error: unknown, transaction: Transaction | undefined): string {
  const failure = toAppError(error)
  return JSON.stringify({
    status: 'error',
    command,
    error: {
      ...encodeFacts(failure.facts),
      code: failure.code,
      message: failure.message,
      remedy: failure.remedy,
      retryable: failure.retryable,
      retry_after_seconds: retryAfterSeconds(failure),
      ...(failure.url === undefined ? {} : { url: failure.url }),
    },
    ...(transaction === undefined ? {} : { transaction }),
  })
}

function retryAfterSeconds({ retryAfterMs }: AppError): number | null {
  return retryAfterMs === undefined ? null : Math.ceil(retryAfterMs / 1000)
}

/**
 * The topic of an answer: the sender's Response Topic (MQTT 5 section 4.10), else `response/<name>` or
 * `result`. A Response Topic that must not carry an answer is ignored.
 */
export function answerTopic(message: IncomingMessage, target: Target, topics: Topics): string {
  const wanted = message.responseTopic
  if (wanted !== undefined && topics.mayCarryAnswer(wanted)) return wanted
  const usual = target.type === 'request' ? topics.of(`response/${target.name}`) : topics.of('result')
  return topics.mayCarryAnswer(usual) ? usual : topics.of('result')
}
