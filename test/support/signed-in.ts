import assert from 'node:assert/strict'

import { AppError } from '../../src/lib/errors.ts'
import type { Http } from '../../src/lib/http/http.ts'
import { Secret } from '../../src/lib/secret.ts'
import type { AccessTokens } from '../../src/amazon-music/access-tokens.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import type { ManualClock } from './clocks/manual-clock.ts'

const clientId = 'amzn1.application-oa2-client.0123456789abcdef'

/** Access tokens of a signed-in device, refreshed when the service rejects one. */
export interface SignedIn extends AccessTokens {
  /** From now on {@link AccessTokens.get} fails. */
  signOut(): void
  signInAgain(): void
}

/** Signs in to the sandbox over HTTP, as a device does. */
export async function signIn(
  sandbox: Sandbox,
  http: Http,
  clock: ManualClock,
  scope = 'music::catalog music::playback',
): Promise<SignedIn> {
  const post = async (path: string, form: Record<string, string>): Promise<Record<string, string>> => {
    const url = new URL(sandbox.url + path)
    const answer = await http.exchange({ method: 'POST', url, form }, new AbortController().signal)
    assert.equal(answer.status, 200, answer.body.toString())
    return JSON.parse(answer.body.toString()) as Record<string, string>
  }
  const device = { response_type: 'device_code', client_id: clientId, scope }
  const pair = await post('/auth/o2/create/codepair', device)
  sandbox.control.approve()
  await clock.advance(30_000)
  const { device_code = '', user_code = '' } = pair
  let granted = await post('/auth/o2/token', { grant_type: 'device_code', device_code, user_code })
  let refreshing: Promise<void> | undefined
  let isSignedOut = false
  return {
    accountEnds: new AbortController().signal,
    async get() {
      if (isSignedOut) throw new AppError('account/signed-out', 'The device is not signed in')
      await refreshing
      return new Secret(granted['access_token'] ?? '')
    },
    reject(token) {
      if (refreshing !== undefined || token.reveal() !== granted['access_token']) return
      const { refresh_token = '' } = granted
      const form = { grant_type: 'refresh_token', refresh_token, client_id: clientId }
      refreshing = post('/auth/o2/token', form).then((next) => {
        granted = next
        refreshing = undefined
      })
    },
    signOut() {
      isSignedOut = true
    },
    signInAgain() {
      isSignedOut = false
    },
  }
}
