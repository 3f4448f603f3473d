import type { Conditions, Tier } from '../conditions.ts'
import { isExpired, type CodePairState } from '../lwa/code-pairs.ts'
import type { MusicWorld } from '../music/music-world.ts'
import type { PendingFault } from '../http/faults.ts'

/** A code pair as the control API returns it. Times are in seconds. */
export interface CodeView {
  readonly userCode: string
  readonly deviceCode: string
  readonly clientId: string
  readonly scopes: readonly string[]
  readonly acceptLanguage: string | null
  readonly state: CodePairState | 'expired'
  readonly secondsLeft: number
  readonly interval: number
  readonly polls: number
  readonly slowDowns: number
}

export interface AccountView {
  readonly key: string
  readonly userId: string
  readonly tier: Tier
  readonly hasMusicAccount: boolean
  readonly remainingSkips: number | null
  /** Ids of the devices that stream now. */
  readonly streaming: readonly string[]
}

export interface SessionView {
  readonly sessionId: string
  readonly account: string
  readonly deviceId: string
  readonly state: 'live' | 'lapsed' | 'forgotten'
  readonly isStation: boolean
  readonly shuffle: boolean
  readonly loop: boolean
  readonly current: { readonly entityReferenceId: string; readonly entityId: string; readonly title: string }
  /** Title of the entity between its start and stop report; null for none. */
  readonly playing: string | null
  readonly queued: number
}

export interface SandboxState {
  readonly url: string
  readonly clock: { readonly monotonicMs: number; readonly epochMs: number; readonly aheadMs: number }
  readonly conditions: Conditions
  readonly accounts: readonly AccountView[]
  readonly codes: readonly CodeView[]
  readonly liveAccessTokens: number
  readonly liveRefreshTokens: number
  readonly sessions: readonly SessionView[]
  readonly faults: readonly PendingFault[]
  readonly requests: number
  readonly throttled: number
  readonly reports: number
  readonly violations: number
}

export function codeViews({ codePairs, clock }: MusicWorld): CodeView[] {
  const nowMs = clock.monotonicMs()
  return codePairs.list().map((pair) => ({
    userCode: pair.userCode,
    deviceCode: pair.deviceCode,
    clientId: pair.clientId,
    scopes: pair.scopes,
    acceptLanguage: pair.acceptLanguage,
    state: pair.state === 'pending' && isExpired(pair, nowMs) ? 'expired' : pair.state,
    secondsLeft: Math.max(0, Math.round((pair.expiresAtMs - nowMs) / 1000)),
    interval: pair.intervalSeconds,
    polls: pair.polls,
    slowDowns: pair.slowDowns,
  }))
}

export function accountViews({ accounts, skips, streams }: MusicWorld): AccountView[] {
  return accounts.map((account) => ({
    key: account.key,
    userId: account.userId,
    tier: account.tier,
    hasMusicAccount: account.hasMusicAccount,
    remainingSkips: skips.remaining(account),
    streaming: streams.of(account).map(({ deviceId }) => deviceId),
  }))
}

export function sessionViews({ sessions }: MusicWorld): SessionView[] {
  return sessions.list().map(({ id, account, deviceId, state, isStation, queue, playing }) => ({
    sessionId: id,
    account: account.key,
    deviceId,
    state,
    isStation,
    shuffle: queue.shuffle,
    loop: queue.loop,
    current: {
      entityReferenceId: queue.current.referenceId,
      entityId: queue.current.playable.id,
      title: queue.current.playable.title,
    },
    playing: playing?.entry.playable.title ?? null,
    queued: queue.all().length,
  }))
}
