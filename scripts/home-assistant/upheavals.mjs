import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

import { mqttComplaints } from './complaints.mjs'
import { deviceOf } from './device.mjs'
import { discover } from './discover.mjs'
import { until } from '../lib/until.mjs'

/**
 * @param {Awaited<ReturnType<import('./house.mjs').openHouse>>} house
 * @param {(what: string, prove: () => Promise<void>) => Promise<void>} must
 */
export async function upheavals(house, must) {
  const { ear, entities } = house
  const nothingIsLeft = () =>
    until(
      'all unavailable',
      async () => {
        const states = await Promise.all(Object.values(entities).map((id) => house.rest.state(id)))
        return states.every((one) => one?.state === 'unavailable')
      },
      // The keep-alive is the longest that a broker may take.
      90_000,
      async () => Promise.all(Object.keys(entities).map(async (key) => `${key} ${await house.state(key)}`)),
    )
  await must('kill -9 makes every entity unavailable', async () => {
    house.killAgent()
    await nothingIsLeft()
  })
  await must('the next start brings all back', async () => {
    house.startAgent()
    await until('online', () => ear.text('availability') === 'online')
    await house.shows('account', 'on')
    await house.wholePicture()
  })
  await must('so does a restart of Home Assistant', async () => {
    await house.restartHomeAssistant()
    await house.wholePicture()
  })
  await must('Home Assistant has nothing to say against any of this', async () => {
    assert.deepEqual(mqttComplaints(house.log()), [])
    const { issues } = await house.ask('repairs/list_issues')
    assert.deepEqual(
      issues.filter(({ domain }) => domain === 'mqtt'),
      [],
    )
  })
  await must('so does a restart of the broker that forgets everything', async () => {
    await house.restartBroker()
    await until('the announcement', () => ear.announcement())
    await house.wholePicture()
    assert.equal(await house.state('account'), 'on')
  })
  await must('with Home Assistant and the broker restarted at once, too', async () => {
    await Promise.all([house.restartHomeAssistant(), house.restartBroker()])
    await until('the announcement', () => ear.announcement())
    await house.wholePicture()
  })
  await must('a device that is deleted in Home Assistant stays away until the next start', async () => {
    const { node } = ear.announcement()
    const { id } = await deviceOf(house, node)
    await house.ask('config/device_registry/remove', { device_id: id })
    await until('the announcement is gone', () => ear.announcement() === undefined)
    const mine = async () =>
      (await house.ask('config/entity_registry/list')).filter(({ unique_id: one }) =>
        String(one).startsWith(node),
      )
    await until('its entities are gone', async () => (await mine()).length === 0)
    await ear.send('set/volume', '20')
    await sleep(5_000)
    assert.equal(ear.announcement(), undefined)
    await house.stopAgent()
    house.startAgent()
    await until('the announcement', () => ear.announcement())
    await discover(house)
    await house.wholePicture()
  })
  await must(
    'one message for each entity, and one for all again: every entity stays what it is',
    async () => {
      const before = await registry(house)
      for (const mode of ['single', 'device']) {
        await house.stopAgent()
        house.startAgent({ A2M_DISCOVERY: mode })
        const isDone = () =>
          mode === 'single' ? ear.announcement() === undefined && ear.singles() > 30 : ear.singles() === 0
        await until(`announced: ${mode}`, isDone, 60_000)
        await house.shows('account', 'on')
        await house.wholePicture()
        assert.deepEqual(await registry(house), before)
      }
    },
  )
  await must('Home Assistant has nothing to say but that the broker went away', async () => {
    assert.deepEqual(
      mqttComplaints(house.log()).filter((entry) => !isItsOwn(entry)),
      [],
    )
  })
}

/** @returns {Promise<string[]>} what Home Assistant knows its entities by */
async function registry(house) {
  const all = await house.ask('config/entity_registry/list')
  return all
    .filter(({ platform }) => platform === 'mqtt')
    .map((one) => `${one.id} ${one.entity_id} ${one.unique_id} ${one.disabled_by}`)
    .sort()
}

/**
 * That the broker went away is true. And of a device that is deleted Home Assistant takes back each entity's
 * announcement, which is one and the same for all of them, and then misses it.
 */
function isItsOwn(entry) {
  return [
    /mqtt\.client\] (Disconnected from MQTT server|Failed to connect to MQTT server|Error returned from MQTT server)/,
    /Error talking to MQTT: The client is not currently connected/,
    /paho\.mqtt\.client\] failed to receive on socket/,
    /No device components to cleanup for/,
  ].some((own) => own.test(entry))
}
