/** Home Assistant's device that was announced under `node`. */
export async function deviceOf(house, node) {
  const devices = await house.ask('config/device_registry/list')
  return devices.find(({ identifiers }) => identifiers.some(([, id]) => id === node))
}

/** What its page offers to begin an automation with. */
export async function triggersOf(house) {
  const { id } = await deviceOf(house, house.ear.announcement().node)
  const all = await house.ask('device_automation/trigger/list', { device_id: id })
  return all.filter(({ domain }) => domain === 'mqtt')
}
