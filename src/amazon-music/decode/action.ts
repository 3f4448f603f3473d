import { boolean, field, object, optional, string, type Decoder } from '../../lib/decode.ts'
import type { Action, ActionName, Entity } from '../entity.ts'
import { asNumberFrom } from './layers.ts'

const actionNames: readonly ActionName[] = [
  'next',
  'previous',
  'scrubForward',
  'scrubBackward',
  'loopAll',
  'shuffle',
]

/**
 * `actions` of a queue entry (docs/sources.md, API schema, Actions). All are optional; those the agent does
 * not use are ignored.
 */
export const decodeActions: Decoder<Entity['actions']> = (value, path) => {
  const source = object(value, path)
  const actions: Partial<Record<ActionName, Action>> = {}
  for (const name of actionNames) {
    const action = field(source, name, optional(decodeAction), path)
    if (action !== undefined) actions[name] = action
  }
  return actions
}

/** A count below 0, or absurdly large, is ignored: nobody could display it as a limit. */
const asSkips = asNumberFrom(0, 1_000_000)

/** docs/sources.md, API schema, Action. */
const decodeAction: Decoder<Action> = (value, path) => {
  const source = object(value, path)
  return {
    allowed: field(source, 'isAllowed', boolean, path),
    disableType: field(source, 'disableType', optional(string), path),
    remainingSkips: asSkips(source['remainingSkips']),
  }
}
