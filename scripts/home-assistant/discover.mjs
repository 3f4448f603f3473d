import { until } from '../lib/until.mjs'

/**
 * Waits until Home Assistant has taken up the whole announcement, and enables what starts out disabled. Fills
 * `house.entities`.
 *
 * @param {Awaited<ReturnType<import('./house.mjs').openHouse>>} house
 */
export async function discover(house) {
  const { node, payload } = await until('the announcement', () => house.ear.announcement(), 60_000)
  const wanted = Object.entries(payload.components).filter(([, { unique_id: id }]) => id !== undefined)
  const registered = async () => {
    const all = await house.ask('config/entity_registry/list')
    return new Map(all.filter(({ platform }) => platform === 'mqtt').map((one) => [one.unique_id, one]))
  }
  const missing = async () => {
    const there = await registered()
    return wanted.filter(([, { unique_id: id }]) => !there.has(id)).map(([key]) => key)
  }
  await until('the entities', async () => (await missing()).length === 0, 30_000, missing)

  const there = await registered()
  house.entities = Object.fromEntries(
    wanted.map(([key, { unique_id: id }]) => [key, there.get(id).entity_id]),
  )
  const disabled = [...there.values()].filter(
    ({ unique_id: id, disabled_by: by }) => id.startsWith(node) && by !== null,
  )
  for (const { entity_id: entityId } of disabled) {
    await house.ask('config/entity_registry/update', { entity_id: entityId, disabled_by: null })
  }
  // By itself it would load them after half a minute, in the middle of what is tried then.
  if (disabled.length > 0) await house.restartHomeAssistant()
}
