import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

import { mqttComplaints } from './complaints.mjs'
import { discover } from './discover.mjs'
import { pictureOf } from './picture.mjs'
import { readQr } from './qr.mjs'
import { openScreen } from './screen.mjs'
import { until } from './wait.mjs'

/**
 * One life of the agent in Home Assistant, from the first start on.
 *
 * @param {Awaited<ReturnType<import('./house.mjs').openHouse>>} house
 * @param {(what: string, prove: () => Promise<void>) => Promise<void>} must
 * @param {{ pictures: boolean }} options
 */
export async function story(house, must, options) {
  const screen = await openScreen(house, options)
  await signIn(house, must, screen)
  await play(house, must, screen)
  await upheavals(house, must)
  await screen.close()
}

async function signIn(house, must, screen) {
  const { ear, rest, sandbox } = house
  house.startAgent()
  await discover(house)
  await screen.makeDashboard()

  await must('every entity of the announcement exists and shows what the agent says', async () => {
    assert.deepEqual(Object.keys(pictureOf(ear)).sort(), Object.keys(house.entities).sort())
    await house.wholePicture()
  })
  await must('the device has its name, its maker and its triggers', async () => {
    const { node, payload } = ear.announcement()
    const device = await deviceOf(house, node)
    assert.equal(device.name, payload.device.name)
    assert.equal(device.sw_version, payload.device.sw_version)
    const announced = Object.values(payload.components).filter(
      ({ platform }) => platform === 'device_automation',
    )
    assert.deepEqual(
      (await triggersOf(house)).map(({ type }) => type).sort(),
      announced.map(({ type }) => type).sort(),
    )
  })
  await must('the picture of the QR code holds the address to sign in at', async () => {
    const { type, bytes } = await rest.picture(house.entities.login_qr)
    assert.equal(type, 'image/png')
    assert.equal(readQr(bytes), ear.json('login').verification_uri_complete)
    assert.equal(await house.state('login_url'), readQr(bytes))
  })
  await must('the QR code can be scanned from the dashboard', async () => {
    assert.equal(readQr(await screen.picture('sign-in')), ear.json('login').verification_uri_complete)
  })
  await must(
    'a code that the user refuses goes away; the button makes another, and the picture follows',
    async () => {
      const refused = ear.json('login').user_code
      await sandbox.call('POST', '/control/codes/deny', { userCode: refused })
      await house.shows('login_qr', 'unavailable')
      await house.wholePicture()
      await house.press('login')
      await until('another code', () => ![null, refused].includes(ear.json('login').user_code))
      await house.wholePicture()
      const shown = () => rest.picture(house.entities.login_qr).then(({ bytes }) => readQr(bytes), String)
      const { verification_uri_complete: address } = ear.json('login')
      await until('its picture', async () => (await shown()) === address, 30_000, shown)
    },
  )
  await must('once the user agrees, the account is linked and the code is gone', async () => {
    await sandbox.call('POST', '/control/codes/approve', { userCode: await house.state('login_code') })
    await house.shows('account', 'on')
    await house.shows('login_qr', 'unavailable')
    await house.wholePicture()
  })
}

async function play(house, must, screen) {
  const { ear, rest, sandbox, entities } = house
  const catalog = await sandbox.call('GET', '/control/catalog')
  const albums = catalog.filter(({ kind, holds }) => kind === 'album' && holds.length >= 6)
  const titleOf = (id) => catalog.find((one) => one.id === id).title
  const session = async () =>
    (await sandbox.call('GET', '/control/sessions')).findLast(({ state }) => state === 'live')
  const playing = (title) =>
    until(`${title} plays`, async () => (await session())?.playing === title, 30_000, session)
  const setText = (value) => rest.act('text.set_value', entities.play_media, { value })

  await must('an address that is typed is played', async () => {
    await setText(albums[1].mrn)
    await playing(titleOf(albums[1].holds[0]))
    await house.shows('title', titleOf(albums[1].holds[0]))
    await house.shows('album', albums[1].title)
    await house.shows('artist', albums[1].artist)
    await house.wholePicture()
  })
  await must('what is longer than a state may be is played as well', async () => {
    const message = JSON.stringify({ id: albums[2].mrn, transaction: 'x'.repeat(400) })
    await rest.act('notify.send_message', entities.play_long, { message })
    await playing(titleOf(albums[2].holds[0]))
    await house.shows('album', albums[2].title)
  })
  await must('words are searched for, and what is found is played', async () => {
    const before = (await session()).sessionId
    await setText(albums[4].title)
    const found = await until('another session', async () => {
      const now = await session()
      return now.sessionId !== before && now.playing !== null && now
    })
    await house.shows('title', found.playing)
  })
  await must('next and previous', async () => {
    await ear.send('request/play', JSON.stringify({ id: albums[2].mrn }))
    await playing(titleOf(albums[2].holds[0]))
    await house.press('next')
    await playing(titleOf(albums[2].holds[1]))
    await house.shows('title', titleOf(albums[2].holds[1]))
    await house.press('previous')
    await playing(titleOf(albums[2].holds[0]))
    await house.shows('title', titleOf(albums[2].holds[0]))
  })
  await must('pause, play, and the one button for both', async () => {
    for (const [button, state] of [
      ['pause', 'paused'],
      ['play', 'playing'],
      ['play_pause', 'paused'],
      ['play_pause', 'playing'],
    ]) {
      await house.press(button)
      await house.shows('playback', state)
      await until(
        'the service knows',
        async () => ((await session()).playing !== null) === (state === 'playing'),
      )
    }
  })
  await must('volume and mute', async () => {
    await rest.act('number.set_value', entities.volume, { value: 35 })
    await until('the agent is at 35', () => ear.json('state').volume === 35)
    await house.shows('volume', 35)
    await rest.act('switch.turn_on', entities.muted)
    await until('the agent is mute', () => ear.json('state').muted === true)
    await house.shows('muted', 'on')
    await rest.act('switch.turn_off', entities.muted)
    await house.shows('muted', 'off')
  })
  await must('shuffle and repeat reach the service', async () => {
    await rest.act('switch.turn_on', entities.shuffle)
    await until('shuffled', async () => (await session()).shuffle)
    await house.shows('shuffle', 'on')
    await rest.act('select.select_option', entities.repeat, { option: 'all' })
    await until('repeated', async () => (await session()).loop)
    await house.shows('repeat', 'all')
    await rest.act('switch.turn_off', entities.shuffle)
    await rest.act('select.select_option', entities.repeat, { option: 'off' })
    await house.shows('shuffle', 'off')
    await house.shows('repeat', 'off')
  })
  await must('a preset that is saved can be chosen at once', async () => {
    const names = ['Après-ski "live" 🎿', 'Breakfast']
    for (const [n, name] of names.entries()) {
      await ear.send('request/preset_save', JSON.stringify({ name, play: { id: albums[n + 3].mrn } }))
    }
    const options = async () => (await house.attributes('preset')).options
    await until('the options', async () => (await options()).toString() === names.toString(), 30_000, options)
    for (const [n, name] of names.entries()) {
      await rest.act('select.select_option', entities.preset, { option: name })
      await playing(titleOf(albums[n + 3].holds[0]))
      await house.shows('preset', name)
    }
    await house.wholePicture()
  })
  await must('the cover is the picture that the service has', async () => {
    await house.wholePicture()
    const { bytes } = await rest.picture(entities.cover)
    const answer = await fetch(ear.json('state').media_image_url)
    assert.deepEqual(bytes, Buffer.from(await answer.arrayBuffer()))
  })
  await must('the player at work, on the dashboard', async () => {
    await screen.picture('player')
  })
  await must('a preset that is deleted while it plays does no harm', async () => {
    await ear.send('request/preset_delete', JSON.stringify({ name: 'Breakfast' }))
    await until('its option is gone', async () => (await house.attributes('preset')).options.length === 1)
    await house.shows('preset', 'unknown')
    assert.equal(await house.state('playback'), 'playing')
  })
  await must('the sleep timer', async () => {
    await rest.act('number.set_value', entities.sleep, { value: 30 })
    await house.shows('sleep', 30)
    await rest.act('number.set_value', entities.sleep, { value: 0 })
    await house.shows('sleep', 0)
  })
  await must('what happens is told as an event and starts automations', async () => {
    const seen = []
    await house.listen('subscribe_events', { event_type: 'state_changed' }, ({ data }) => {
      if (data.entity_id === entities.events) seen.push(data.new_state?.attributes.event_type)
    })
    const trigger = (await triggersOf(house)).find(({ type }) => type === 'track_changed')
    await house.listen('subscribe_trigger', { trigger }, () => seen.push('the trigger'))
    // Home Assistant may not have begun to listen to the trigger's topic yet.
    await until('both', async () => {
      await house.press('next')
      await sleep(1_000)
      return seen.includes('track_changed') && seen.includes('the trigger')
    })
  })
  await must('a title of 300 characters does no harm', async () => {
    const title = 'Ein sehr langer Titel 🎵 '.repeat(12).slice(0, 300)
    house.front.title = title
    await setText(albums[0].mrn)
    await until('the long title', () => ear.json('state').media_title?.startsWith('Ein sehr langer'))
    await house.wholePicture()
    assert.ok((await house.state('title')).length > 200)
    house.front.title = undefined
  })
  await must(
    'while the service cannot be reached, what needs it is unavailable and the sign-in is not',
    async () => {
      house.front.isAway = true
      await until('the agent notices', async () => {
        await setText(albums[1].mrn)
        return ear.json('state').service === 'offline'
      })
      await house.wholePicture()
      for (const key of ['login', 'account', 'login_code', 'login_url', 'problem', 'last_error', 'restart']) {
        assert.notEqual(await house.state(key), 'unavailable', key)
      }
      assert.equal(await house.state('next'), 'unavailable')
    },
  )
  await must('when it is back, all is available again', async () => {
    house.front.isAway = false
    await setText(albums[1].mrn)
    await playing(titleOf(albums[1].holds[0]))
    await house.wholePicture()
    assert.notEqual(await house.state('next'), 'unavailable')
  })
}

async function upheavals(house, must) {
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

async function deviceOf(house, node) {
  const devices = await house.ask('config/device_registry/list')
  return devices.find(({ identifiers }) => identifiers.some(([, id]) => id === node))
}

/** What its page offers to begin an automation with. */
async function triggersOf(house) {
  const { id } = await deviceOf(house, house.ear.announcement().node)
  const all = await house.ask('device_automation/trigger/list', { device_id: id })
  return all.filter(({ domain }) => domain === 'mqtt')
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
