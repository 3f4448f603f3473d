import type { Tier } from '../conditions.ts'
import type { Playable } from '../catalog/entities.ts'
import { MusicError } from '../music/music-error.ts'

/** `disableType` (API schema). */
type DisableType =
  | 'NO_MORE_SKIPS'
  | 'NEED_AMAZON_MUSIC_SUBSCRIPTION_FOR_AD_FREE_PLAYBACK'
  | 'NEED_AMAZON_MUSIC_UNLIMITED_CATALOG_ACCESS'
  | 'NEED_AMAZON_MUSIC_SUBSCRIPTION_TO_SHUFFLE_NON_STATION'
  | 'FEATURE_NOT_AVAILABLE'

export interface Action {
  readonly isAllowed: boolean
  readonly disableType?: DisableType
  readonly remainingSkips?: number
}

export type ActionName = 'next' | 'previous' | 'scrubForward' | 'scrubBackward' | 'loopAll' | 'shuffle'

export type Actions = Readonly<Record<ActionName, Action>>

const yes: Action = { isAllowed: true }
const no = (disableType: DisableType): Action => ({ isAllowed: false, disableType })

const NEEDS_UNLIMITED = no('NEED_AMAZON_MUSIC_UNLIMITED_CATALOG_ACCESS')
const NEEDS_SUBSCRIPTION = no('NEED_AMAZON_MUSIC_SUBSCRIPTION_TO_SHUFFLE_NON_STATION')
const AD_PLAYS = no('NEED_AMAZON_MUSIC_SUBSCRIPTION_FOR_AD_FREE_PLAYBACK')
const NOT_HERE = no('FEATURE_NOT_AVAILABLE')

/**
 * What is allowed while an entry plays (API schema: `Actions`). Unlimited allows everything; the tiers below
 * it forbid previous, scrubbing and shuffle and count skips. Which `disableType` belongs to which action is
 * inferred. `remainingSkips` null: unlimited.
 */
export function actionsFor(
  tier: Tier,
  kind: Playable['kind'],
  isStation: boolean,
  remainingSkips: number | null,
): Actions {
  if (kind === 'ad') {
    const next = remainingSkips === null ? AD_PLAYS : { ...AD_PLAYS, remainingSkips }
    const [previous, scrubForward, scrubBackward] = [AD_PLAYS, AD_PLAYS, AD_PLAYS]
    return { next, previous, scrubForward, scrubBackward, loopAll: AD_PLAYS, shuffle: AD_PLAYS }
  }
  const isUnlimited = tier === 'UNLIMITED'
  const scrub =
    kind === 'interlude' ? NOT_HERE : isUnlimited || kind === 'podcastEpisode' ? yes : NEEDS_UNLIMITED
  const shuffle = isUnlimited ? yes : tier === 'PRIME' ? NEEDS_UNLIMITED : NEEDS_SUBSCRIPTION
  return {
    next: nextAction(remainingSkips),
    previous: isUnlimited ? yes : NEEDS_UNLIMITED,
    scrubForward: scrub,
    scrubBackward: scrub,
    loopAll: isStation ? NOT_HERE : yes,
    shuffle: isStation ? NOT_HERE : shuffle,
  }
}

function nextAction(remainingSkips: number | null): Action {
  if (remainingSkips === null) return yes
  return remainingSkips === 0
    ? { ...no('NO_MORE_SKIPS'), remainingSkips }
    : { isAllowed: true, remainingSkips }
}

/**
 * @throws MusicError `DENIED_SUBSCRIPTION_TIER` or `ACCESS_DENIED`, with the `disableType` as internal code
 */
export function demand(action: Action, what: string): void {
  if (action.isAllowed) return
  const internalCode = action.disableType ?? 'FEATURE_NOT_AVAILABLE'
  const code = internalCode.startsWith('NEED_') ? 'DENIED_SUBSCRIPTION_TIER' : 'ACCESS_DENIED'
  throw new MusicError(code, `${what} is not available for this queue`, { internalCode })
}
