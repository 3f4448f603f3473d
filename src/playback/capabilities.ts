import { AppError } from '../lib/errors.ts'
import type { ActionName, Entity } from '../amazon-music/entity.ts'

/** What the service allows for the current entity, with the names of topic `state`. */
export interface Capabilities {
  readonly canNext: boolean
  readonly canPrevious: boolean
  readonly canSeek: boolean
  readonly canShuffle: boolean
  readonly canRepeat: boolean
  readonly remainingSkips: number | undefined
  /** Why the service forbids `next`; undefined while it allows it. */
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

/** All actions are optional (API schema, Actions): the service allows what it does not mention. */
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
 * Throws if the service has forbidden the action for `entity`; does not ask the service again.
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
 * Updates an entity that was fetched before the skip of `skipped`: the service counts the skip as soon as it
 * is reported.
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

/** Whether every skip changes what `entity` allows, so that an entity fetched long ago is out of date. */
export function isLimited(entity: Entity): boolean {
  return entity.actions.next?.remainingSkips !== undefined
}
