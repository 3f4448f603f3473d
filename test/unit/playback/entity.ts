import type { Action, Entity } from '../../../src/amazon-music/entity.ts'

/** An entity that may be played and reported, unless told otherwise. */
export function entity(referenceId: string, more: Partial<Entity> = {}): Entity {
  return {
    referenceId,
    sessionId: 's1',
    id: `id-${referenceId}`,
    kind: 'track',
    title: `Title ${referenceId}`,
    artist: undefined,
    album: undefined,
    durationMs: 60_000,
    imageUrl: undefined,
    metricId: `metric-${referenceId}`,
    actions: {},
    stream: undefined,
    ...more,
  }
}

export function action(allowed: boolean, more: Partial<Action> = {}): Action {
  return { allowed, disableType: undefined, remainingSkips: undefined, ...more }
}

/** Entities from a text of one letter each. */
export function entities(letters: string): Entity[] {
  return Array.from(letters, (letter) => entity(letter))
}

export function letters(list: readonly Entity[]): string {
  return list.map(({ referenceId }) => referenceId).join('')
}
