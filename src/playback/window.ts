import type { Entity } from '../music/entity.ts'

/** How many entities to ask for: API_playback_sessions gives ranges of 1-10, 1-11 and 1-5, so 5 satisfies all. */
export const windowSize = 5

/**
 * The entities to play after `current`, from those known and a fresh answer of Get Next Tracks.
 *
 * Whether that call peeks (it answers what follows the entity that was last started) or advances (it answers what it
 * has not handed out yet) is not documented, so both must come out right: an answer that shares an entity with what
 * is known follows on from `current` and replaces it, for its actions are newer; one that shares none comes after it.
 */
export function mergeUpcoming(
  current: Entity | undefined,
  upcoming: readonly Entity[],
  answer: readonly Entity[],
): readonly Entity[] {
  const fresh = answer.filter(({ referenceId }) => referenceId !== current?.referenceId)
  const known = new Set(upcoming.map(({ referenceId }) => referenceId))
  return fresh.some(({ referenceId }) => known.has(referenceId)) ? fresh : [...upcoming, ...fresh]
}
