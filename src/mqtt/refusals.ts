import { AppError } from '../lib/errors.ts'
import { errorFields, type Log } from '../lib/log.ts'
import type { BrokerLimits } from './message.ts'
import type { DeniedFilter } from './subscriptions.ts'
import type { Subscription } from './types.ts'

/** Senders choose the topics of answers, so the number of remembered topics is bounded. */
const mostRemembered = 500

/** Logs what the broker refuses, once: brokers refuse it again on each connection. */
export class Refusals {
  readonly #log: Log
  readonly #known = new Set<string>()

  constructor(log: Log) {
    this.#log = log
  }

  message(topic: string, error: AppError): void {
    this.#once('warn', 'The broker refused a message: it is left out', topic, error)
  }

  /** Not fatal: what the agent publishes is still useful, and brokers get repaired. */
  subscriptions(denied: readonly DeniedFilter[], wanted: readonly Subscription[]): void {
    for (const { topic, error } of denied) {
      const purpose = wanted.find((one) => one.topic === topic)?.purpose ?? 'commands'
      this.#once('error', `The broker refused a subscription: ${purpose} will not work`, topic, error)
    }
  }

  /** The agent continues without these features. */
  limits({ retainAvailable, maximumQos }: BrokerLimits): void {
    if (retainAvailable && maximumQos === 1) return
    const lacks = [...(retainAvailable ? [] : ['retained messages']), ...(maximumQos === 0 ? ['QoS 1'] : [])]
    const error = new AppError('mqtt/unsupported', `The broker does not support ${lacks.join(' and ')}`)
    this.#once('warn', 'Published without what the broker does not support', undefined, error)
  }

  #once(level: 'warn' | 'error', message: string, topic: string | undefined, error: AppError): void {
    const key = `${error.code} ${topic ?? ''}`
    const isKnown = this.#known.has(key) || this.#known.size >= mostRemembered
    if (!isKnown) this.#known.add(key)
    const fields = { ...(topic === undefined ? {} : { topic }), ...errorFields(error) }
    this.#log[isKnown ? 'debug' : level](message, fields)
  }
}
