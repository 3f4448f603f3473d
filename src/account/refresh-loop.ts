import type { Clock } from '../lib/clock.ts'
import { errorFields, type Log } from '../lib/log.ts'
import type { Heartbeat } from '../lib/liveness.ts'
import type { Secret } from '../lib/secret.ts'
import type { Lwa } from './lwa.ts'
import { longestExchangeMs } from './lwa-wire.ts'
import type { AccountStore } from './account-store.ts'

export interface RefreshLoopOptions {
  readonly lwa: Lwa
  readonly heartbeat: Heartbeat
  readonly clock: Clock
  readonly log: Log
  /** Called before another account takes over. Resolves when it may. Never throws. */
  readonly beforeReplaced: () => Promise<void>
  /** Called after a token was revoked: a new sign-in is needed. */
  readonly onRevoked: () => void
}

/** How long a refresh under way may continue after the signal: a lost rotated token means a lost sign-in. */
const graceMs = 2_000

/** Renews the token whenever that is due. Nothing else refreshes. @throws signal.reason */
export async function runRefreshLoop(
  accountStore: AccountStore,
  options: RefreshLoopOptions,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    signal.throwIfAborted()
    options.heartbeat.beat()
    const waitMs = accountStore.renewInMs
    if (waitMs === undefined) await accountStore.changed.wait(signal)
    else if (waitMs > 0) await accountStore.changed.waitFor(options.clock, waitMs, signal)
    else await refresh(accountStore, options, signal)
  }
}

async function refresh(
  accountStore: AccountStore,
  options: RefreshLoopOptions,
  signal: AbortSignal,
): Promise<void> {
  const { lwa, heartbeat, clock, log } = options
  const { link, generation, unproven } = accountStore
  if (link === undefined) return
  // openai-node#2609: counted from the time the answer was read, a token looks younger than it is.
  const askedAtMs = clock.monotonicMs()
  const outcome = await heartbeat.during(
    longestExchangeMs,
    withGrace(clock, signal, (late) => lwa.refresh(link.refreshToken, unproven, late)),
  )
  if (accountStore.generation !== generation) return

  switch (outcome.kind) {
    case 'ok':
      log.debug('The access token was renewed')
      accountStore.rotated(outcome.value)
      // After a sign-in no token is used before its account is known.
      if (unproven) await readUserId(accountStore, options, outcome.value.accessToken, signal)
      if (accountStore.generation === generation && accountStore.isReplaced) await options.beforeReplaced()
      if (accountStore.generation !== generation) return
      accountStore.refreshed(outcome.value, askedAtMs)
      if (!unproven) await readUserId(accountStore, options, outcome.value.accessToken, signal)
      if (accountStore.generation === generation) accountStore.verified()
      return
    case 'transient':
      log.warn('The access token could not be renewed; trying again', errorFields(outcome.error))
      accountStore.refreshFailed(outcome.error)
      return
    case 'unnamed':
      log.warn(
        'Login with Amazon does not renew the access token; trying again slowly',
        errorFields(outcome.error),
      )
      accountStore.refreshFailed(outcome.error, true)
      return
    case 'configuration':
      log.error('The access token cannot be renewed; the sign-in is kept', errorFields(outcome.error))
      accountStore.refreshBlocked(outcome.error)
      return
    case 'definitive':
      log.warn('Amazon ended the sign-in', errorFields(outcome.error))
      accountStore.revoked(outcome.error)
      options.onRevoked()
  }
}

/** Once per sign-in, and only when a scope allows it. Nothing depends on it, so a failure is only logged. */
async function readUserId(
  accountStore: AccountStore,
  { lwa, heartbeat, log }: RefreshLoopOptions,
  accessToken: Secret,
  signal: AbortSignal,
): Promise<void> {
  const { link, generation } = accountStore
  if (link === undefined || link.userId !== undefined) return
  if (!link.scopes.includes('profile:user_id') && !link.scopes.includes('profile')) return
  const outcome = await heartbeat.during(longestExchangeMs, lwa.profile(accessToken, signal))
  if (accountStore.generation !== generation) return
  if (outcome.kind === 'ok') accountStore.userIdRead(outcome.value)
  else log.info('The user id could not be read', errorFields(outcome.error))
}

/** Runs `job` under a signal that follows `signal` {@link graceMs} later. */
async function withGrace<T>(
  clock: Clock,
  signal: AbortSignal,
  job: (late: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController()
  const ended = new AbortController()
  const onAbort = (): void => {
    clock.sleep(graceMs, ended.signal).then(
      () => late.abort(signal.reason),
      // The job ended first.
      () => undefined,
    )
  }
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await job(late.signal)
  } finally {
    signal.removeEventListener('abort', onAbort)
    ended.abort()
  }
}
