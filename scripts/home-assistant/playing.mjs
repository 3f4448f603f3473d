import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

import { triggersOf } from './device.mjs'
import { until } from '../lib/until.mjs'

/**
 * @param {Awaited<ReturnType<import('./house.mjs').openHouse>>} house
 * @param {(what: string, prove: () => Promise<void>) => Promise<void>} must
 * @param {Awaited<ReturnType<import('./screen.mjs').openScreen>>} screen
 */
export async function play(house, must, screen) {
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
