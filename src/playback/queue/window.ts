import type { Entity } from '../../amazon-music/entity.ts'

/** How many entities to ask for: API_playback_sessions gives ranges of 1-10, 1-11 and 1-5, so 5 satisfies all. */
export const windowSize = 5

/**
 * The entities to play after `current`, from those known and a fresh answer of Get Next Tracks.
 *
 * Whether that call peeks (it answers what follows the entity that was started last) or advances (its own position
 * moves with every call) is not documented, and an answer may have been under way while `current` changed, so all
 * must come out right. The first entity that the answer shares with what is known ties the two together: what was
 * handed out before it stays, the answer takes the place of the rest, for it knows of changes and its actions are
 * newer. An answer that shares none comes after what is known.
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
  // A window that is not full ends where the queue does.
  const last = answer.length >= windowSize ? place(fresh.at(-1)) : -1
  return [...upcoming.slice(0, place(shared)), ...fresh, ...(last === -1 ? [] : upcoming.slice(last + 1))]
}

/** What comes before `current`, from an answer of Get Previous Tracks, the one played last first. */
export function previousOf(current: Entity, answer: readonly Entity[]): Entity | undefined {
  return after(current, answer)[0]
}

/**
 * Where a restored window stands beside what plays: references are dealt anew by a restore (API_playback_overview_v2,
 * status 206), so the catalog's id tells.
 */
export function resumeWindow(
  current: Entity | undefined,
  window: readonly Entity[],
): { readonly current: Entity | undefined; readonly upcoming: readonly Entity[] } {
  const index = current?.id === undefined ? -1 : window.findIndex(({ id }) => id === current.id)
  return { current: window[index] ?? current, upcoming: window.slice(index + 1) }
}

/** Whether both are the same entry: by reference or, after a restore has dealt those anew, by the catalog's id. */
export function isSame(one: Entity, other: Entity): boolean {
  return one.referenceId === other.referenceId || (one.id !== undefined && one.id === other.id)
}

/** What follows `current` in `entities` if it is among them, else all of them. */
function after(current: Entity | undefined, entities: readonly Entity[]): readonly Entity[] {
  return entities.slice(entities.findIndex(({ referenceId }) => referenceId === current?.referenceId) + 1)
}
