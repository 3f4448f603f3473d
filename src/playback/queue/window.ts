import type { Entity } from '../../amazon-music/entity.ts'

/** Entities per request: API playback gives ranges of 1-10, 1-11 and 1-5, so 5 satisfies all. */
export const windowSize = 5

/**
 * Merges the known entities after `current` with a fresh answer of Get Next Tracks.
 *
 * The API does not say whether that call peeks (it returns what follows the entity that was started last) or
 * advances (its own position moves with every call). An answer may also have been under way while `current`
 * changed. The result must be right in all cases. The first entity that is in both lists aligns them: known
 * entities before it stay, and the answer replaces the rest, because it includes changes of the queue and
 * newer actions. An answer without a common entity is appended.
 */
export function mergeUpcoming(
  current: Entity | undefined,
  upcoming: readonly Entity[],
  answer: readonly Entity[],
): readonly Entity[] {
  const fresh = after(current, answer)
  const place = (entity: Entity | undefined): number =>
    upcoming.findIndex(({ referenceId }) => referenceId === entity?.referenceId)
  const shared = fresh.find((entity) => place(entity) !== -1)
  if (shared === undefined) return [...upcoming, ...fresh]
  // A window that is not full reaches the end of the queue.
  const last = answer.length >= windowSize ? place(fresh.at(-1)) : -1
  return [...upcoming.slice(0, place(shared)), ...fresh, ...(last === -1 ? [] : upcoming.slice(last + 1))]
}

/**
 * The entity before `current`, from an answer of Get Previous Tracks, which starts with the one played last.
 */
export function previousOf(current: Entity, answer: readonly Entity[]): Entity | undefined {
  return after(current, answer)[0]
}

/**
 * Finds the current entity in a restored window by its catalog id, because a restore gives new references
 * (API playback, status 206).
 */
export function resumeWindow(
  current: Entity | undefined,
  window: readonly Entity[],
): { readonly current: Entity | undefined; readonly upcoming: readonly Entity[] } {
  const index = current?.id === undefined ? -1 : window.findIndex(({ id }) => id === current.id)
  return { current: window[index] ?? current, upcoming: window.slice(index + 1) }
}

/** Whether both are the same entry: by reference or, after a restore with new references, by catalog id. */
export function isSame(one: Entity, other: Entity): boolean {
  return one.referenceId === other.referenceId || (one.id !== undefined && one.id === other.id)
}

/** The entities after `current` in `entities`; all of them if it does not contain `current`. */
function after(current: Entity | undefined, entities: readonly Entity[]): readonly Entity[] {
  return entities.slice(entities.findIndex(({ referenceId }) => referenceId === current?.referenceId) + 1)
}
