import { toAppError } from '../../lib/errors.ts'
import { failure, type Say } from '../finding.ts'
import type { Resolved } from './names.ts'
import { withoutSettings } from './settings.ts'

export interface BrokerFacts {
  /** Undefined when the broker's settings are unusable. */
  readonly place:
    | {
        readonly url: URL
        readonly hasUser: boolean
        readonly hasPassword: boolean
        readonly hasOwnCa: boolean
        readonly hasCertificate: boolean
      }
    | undefined
  readonly resolved: Promise<Resolved> | undefined
  /**
   * Connects once and disconnects. @returns the MQTT protocol level and what will not work @throws AppError
   * `mqtt/*`, `net/*`
   */
  readonly connect: (signal: AbortSignal) => Promise<{ readonly version: 4 | 5; readonly notice?: string }>
  /** Whether the service gets its password as a systemd credential, which only the service can read. */
  readonly hasCredential: (signal: AbortSignal) => Promise<boolean>
}

/** Checks whether the broker accepts the agent. */
export async function probeBroker(
  { place, resolved, connect, hasCredential }: BrokerFacts,
  say: Say,
  signal: AbortSignal,
): Promise<void> {
  const name = 'broker'
  if (place === undefined) {
    say(withoutSettings(name, 'the settings of the broker'))
    return
  }
  const { url, hasUser, hasPassword, hasOwnCa, hasCertificate } = place
  const isTls = url.protocol === 'mqtts:' || url.protocol === 'wss:'
  const identity = [
    hasUser ? 'with a user' : 'without a user',
    hasPassword ? 'and a password' : 'and without a password',
    ...(isTls
      ? [hasOwnCa ? ', TLS by an authority of your own' : ', TLS by the authorities known to Node']
      : [', no TLS']),
    ...(hasCertificate ? [', with a client certificate'] : []),
  ]
  say({
    mark: 'info',
    name,
    words: `${url.protocol}//${url.host}, ${identity.join(' ').replaceAll(' ,', ',')}`,
  })
  const found = await resolved
  if (found?.ok === false) {
    say(failure(name, found.error))
    return
  }
  try {
    const { version, notice } = await connect(signal)
    say({ mark: 'ok', name, words: `lets the agent in, MQTT ${version === 5 ? '5' : '3.1.1'}` })
    if (notice !== undefined) say({ mark: 'warn', name, words: notice })
  } catch (error) {
    const isRefused = toAppError(error).code === 'mqtt/refused'
    if (isRefused && !hasPassword && (await hasCredential(signal))) {
      const words = 'refuses whoever has no password; that of the service is a credential, seen by it alone'
      const remedy = 'What counts is "its broker" of the running agent, below.'
      say({ mark: 'warn', name, words, remedy })
    } else {
      say(failure(name, error))
    }
  }
}
