import type { Account } from '../account/account.ts'
import type { Clock } from '../lib/clock.ts'
import type { JsonObject } from '../lib/decode.ts'
import { toAppError } from '../lib/errors.ts'
import { withTimeLimit } from '../lib/async/time-limit.ts'
import type { AgentHealth } from './health.ts'
import type { MusicClient } from '../amazon-music/client.ts'
import type { Engine } from '../playback/engine.ts'
import { version } from '../version.ts'
import type { RecentProblems } from './recent-problems.ts'

interface Asked {
  readonly account: Account
  readonly engine: Engine
  readonly api: Pick<MusicClient, 'search' | 'notNow'>
  readonly health: Pick<AgentHealth, 'read'>
}

/** Shorter than the command line's time-out for the whole answer. */
const callMs = 6_000

/** The answer to `doctor` beyond that to `status`; calls the music service. */
export async function answerDoctor(
  { account, engine, api, health }: Asked,
  recentProblems: RecentProblems,
  clock: Clock,
  signal: AbortSignal,
): Promise<JsonObject> {
  const { counts, ...moving } = health.read()
  return {
    version,
    player: engine.playerName,
    health: { ...moving, ...counts },
    music: account.state.linked ? await tryCall(api, clock, signal) : { state: 'untried' },
    troubles: recentProblems.all,
  }
}

/** Tries a search: the only documented call that changes nothing. */
async function tryCall(api: Asked['api'], clock: Clock, signal: AbortSignal): Promise<JsonObject> {
  try {
    await withTimeLimit(clock, callMs, signal, (until) => api.search('music', 'track', 1, until))
    return { state: 'ok' }
  } catch (error) {
    const failure = toAppError(error)
    // It may have waited all the time for a pause that the service asked for.
    const { code, message } = failure.code === 'net/timeout' ? (api.notNow ?? failure) : failure
    return { state: 'failed', code, message }
  }
}
