import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'

import { createHttp, type Http } from '../../../src/lib/http/http.ts'
import { createLog } from '../../../src/lib/log.ts'
import { Secret } from '../../../src/lib/secret.ts'
import type { AccessTokens } from '../../../src/amazon-music/access-tokens.ts'
import { defaultRoutes } from '../../../src/amazon-music/routes/default-routes.ts'
import { createMusicClient, type MusicClient } from '../../../src/amazon-music/client.ts'
import { startSandbox, type Sandbox, type SandboxOptions } from '../../../src/sandbox/sandbox.ts'
import { ManualClock } from '../../support/clocks/manual-clock.ts'

const clientId = 'amzn1.application-oa2-client.music-tests'
const scope = 'music::catalog music::playback'

export interface SignedIn {
  readonly sandbox: Sandbox
  readonly client: MusicClient
  readonly clock: ManualClock
  readonly signal: AbortSignal
  /** Everything logged, at level trace. */
  readonly log: () => string
  /** The MRN of the nth entity of that kind in the sandbox's catalog. */
  readonly mrn: (kind: string, nth?: number) => string
}

/**
 * A client signed in to a sandbox of its own, on a clock of its own.
 *
 * @param front stands between the client and the sandbox
 */
export async function startSignedIn(
  t: TestContext,
  options: SandboxOptions = {},
  front: (service: URL) => Promise<URL> = (service) => Promise.resolve(service),
): Promise<SignedIn> {
  const clock = new ManualClock()
  const sandbox = await startSandbox({ clock, random: seeded(7), ...options })
  t.after(() => sandbox.close())
  const http = createHttp('amazonmusic2mqtt/test')
  t.after(() => http.close())
  const signal = new AbortController().signal
  const lines: string[] = []
  const client = createMusicClient({
    http,
    clock,
    random: () => 0.5,
    log: createLog({ level: 'trace', write: (line) => lines.push(line) }),
    musicUrl: await front(new URL(sandbox.url)),
    securityProfileId: 'amzn1.application.music-tests',
    deviceId: 'device-1',
    locale: 'en-us',
    routes: defaultRoutes,
    tokens: await signIn(sandbox, http, clock, signal),
  })
  return {
    sandbox,
    client,
    clock,
    signal,
    log: () => lines.join(''),
    mrn(kind, nth = 0) {
      const found = sandbox.control.catalog().filter((item) => item.kind === kind)[nth]
      return found?.mrn ?? assert.fail(`the catalog has no ${kind} number ${String(nth)}`)
    },
  }
}

async function signIn(
  sandbox: Sandbox,
  http: Http,
  clock: ManualClock,
  signal: AbortSignal,
): Promise<AccessTokens> {
  const post = async (
    path: string,
    form: Readonly<Record<string, string>>,
  ): Promise<Record<string, string>> => {
    const answer = await http.exchange({ method: 'POST', url: new URL(sandbox.url + path), form }, signal)
    assert.equal(answer.status, 200, answer.body.toString())
    return JSON.parse(answer.body.toString()) as Record<string, string>
  }
  const pair = await post('/auth/o2/create/codepair', {
    response_type: 'device_code',
    client_id: clientId,
    scope,
  })
  sandbox.control.approve()
  await clock.advance(30_000)
  let granted = await post('/auth/o2/token', {
    grant_type: 'device_code',
    device_code: pair['device_code'] ?? '',
    user_code: pair['user_code'] ?? '',
  })
  let refreshing: Promise<void> | undefined
  return {
    accountEnds: new AbortController().signal,
    async get() {
      await refreshing
      return new Secret(granted['access_token'] ?? '')
    },
    reject(token) {
      if (refreshing !== undefined || token.reveal() !== granted['access_token']) return
      refreshing = post('/auth/o2/token', {
        grant_type: 'refresh_token',
        refresh_token: granted['refresh_token'] ?? '',
        client_id: clientId,
      }).then((next) => {
        granted = next
        refreshing = undefined
      })
    },
  }
}

/** The same numbers in [0, 1) in every run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}
