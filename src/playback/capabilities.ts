import { AppError } from '../lib/errors.ts'
import type { ActionName, Entity } from '../amazon-music/entity.ts'

/** What the service allows for the current entity, in the words of topic `state`. */
export interface Capabilities {
  readonly canNext: boolean
  readonly canPrevious: boolean
  readonly canSeek: boolean
  readonly canShuffle: boolean
  readonly canRepeat: boolean
  readonly remainingSkips: number | undefined
  /** The service's reason for forbidding `next`, when it does. */
  readonly disabledReason: string | undefined
}

const says: Readonly<Record<ActionName, string>> = {
  next: 'skipping',
  previous: 'going back',
  scrubForward: 'seeking forward',
  scrubBackward: 'seeking backward',
  loopAll: 'repeating',
  shuffle: 'shuffling',
}

/** Actions are all optional (API_web_schema, Actions): one the service does not mention is not forbidden. */
function isAllowed(entity: Entity | undefined, action: ActionName): boolean {
  return entity !== undefined && entity.actions[action]?.allowed !== false
}

export function capabilities(entity: Entity | undefined): Capabilities {
  const next = entity?.actions.next
  return {
    canNext: isAllowed(entity, 'next'),
    canPrevious: isAllowed(entity, 'previous'),
    canSeek: isAllowed(entity, 'scrubForward') || isAllowed(entity, 'scrubBackward'),
    canShuffle: isAllowed(entity, 'shuffle'),
    canRepeat: isAllowed(entity, 'loopAll'),
    remainingSkips: next?.remainingSkips,
    disabledReason: next?.allowed === false ? (next.disableType ?? 'FORBIDDEN') : undefined,
  }
}

/**
 * Refuses in the service's own words what it has forbidden for `entity`, without asking it again.
 *
 * @throws AppError `playback/skip-limit` (no skips left), `playback/forbidden`
 */
export function requireAllowed(entity: Entity, name: ActionName): void {
  const action = entity.actions[name]
  if (action?.allowed !== false) return
  const reason = action.disableType ?? 'FORBIDDEN'
  const facts = { action: name, reason, remainingSkips: action.remainingSkips ?? null }
  if (reason === 'NO_MORE_SKIPS') {
    throw new AppError('playback/skip-limit', `No skips left (${reason})`, { facts })
  }
  throw new AppError('playback/forbidden', `The service does not allow ${says[name]} now (${reason})`, {
    facts,
  })
}

/**
 * An entity that was handed out before `entity` was skipped, as it is since: the service counts the skip as soon as it
 * hears of it.
 */
export function afterSkip(skipped: Entity, entity: Entity): Entity {
  const left = skipped.actions.next?.remainingSkips
  const told = entity.actions.next
  if (left === undefined || told?.remainingSkips === undefined) return entity
  const remainingSkips = Math.max(0, Math.min(told.remainingSkips, left - 1))
  const spent = { allowed: false, disableType: 'NO_MORE_SKIPS', remainingSkips }
  const action = remainingSkips === 0 && told.allowed ? spent : { ...told, remainingSkips }
  return { ...entity, actions: { ...entity.actions, next: action } }
}

/** Whether what `entity` allows changes with every skip, so that what was handed out long ago is old news. */
export function isLimited(entity: Entity): boolean {
  return entity.actions.next?.remainingSkips !== undefined
}
