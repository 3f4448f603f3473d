import { field, number, object, optional, string, type Decoder } from '../lib/decode.ts'
import { AppError } from '../lib/errors.ts'
import type { LoginState } from '../account/account-state.ts'

/** The sign-in in topic `login` and file `login.json`: docs/mqtt.md, "Account and login". */
export interface LoginJson {
  readonly state: LoginState['state']
  readonly user_code: string | null
  readonly verification_uri: string | null
  readonly verification_uri_complete: string | null
  /** ISO 8601, UTC. */
  readonly expires_at: string | null
  readonly attempt: number | null
}

const nothing = {
  user_code: null,
  verification_uri: null,
  verification_uri_complete: null,
  expires_at: null,
  attempt: null,
}

export function encodeLogin(login: LoginState): LoginJson {
  if (login.state !== 'awaiting_user') return { state: login.state, ...nothing }
  return {
    state: login.state,
    user_code: login.userCode,
    verification_uri: login.verificationUri,
    verification_uri_complete: login.verificationUriComplete,
    expires_at: new Date(login.expiresAtEpochMs).toISOString(),
    attempt: login.attempt,
  }
}

/** The reverse of {@link encodeLogin}. @throws AppError `net/answer` naming the wrong field */
export const decodeLogin: Decoder<LoginState> = (value, path) => {
  const source = object(value, path)
  const state = field(source, 'state', string, path)
  switch (state) {
    case 'idle':
    case 'waiting_for_user_action':
      return { state }
    case 'awaiting_user':
      return {
        state,
        userCode: field(source, 'user_code', string, path),
        verificationUri: field(source, 'verification_uri', string, path),
        verificationUriComplete: field(source, 'verification_uri_complete', string, path),
        expiresAtEpochMs: field(source, 'expires_at', time, path),
        attempt: field(source, 'attempt', optional(number), path) ?? 1,
      }
    default:
      throw new AppError('net/answer', `${path}.state: expected a state of the sign-in`)
  }
}

const time: Decoder<number> = (value, path) => {
  const epochMs = Date.parse(string(value, path))
  if (Number.isNaN(epochMs)) throw new AppError('net/answer', `${path}: expected a time`)
  return epochMs
}
