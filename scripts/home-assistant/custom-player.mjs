import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

import { until } from '../lib/until.mjs'
import { mqttComplaints } from './complaints.mjs'

/** Of `supported_features`. */
const features = { seek: 2, selectSource: 2_048, stop: 4_096, shuffle: 32_768, repeat: 262_144 }

/**
 * The media player that a custom integration makes of what the agent tells.
 *
 * @param {Awaited<ReturnType<import('./house.mjs').openHouse>>} house
 * @param {(what: string, prove: () => Promise<void>) => Promise<void>} must
 * @param {ReturnType<import('./integration.mjs').readIntegration>} integration
 */
export async function customPlayer(house, must, integration) {
  const { ear, rest, sandbox } = house
  const { domain, owner, version, dialect, steps, lacks } = integration
  console.log(`${domain} ${version} of ${owner}`)
  await house.addIntegration(integration)
  const settings = { A2M_HA_MEDIA_PLAYER: dialect }
  house.startAgent(settings)
  const userCode = await until('a code', () => ear.json('login')?.user_code ?? undefined)
  await sandbox.call('POST', '/control/codes/approve', { userCode })
  await until('the sign-in', () => ear.json('account')?.state === 'signed_in')
  if (steps.length > 0)
    await must('its dialogue adds it', async () => {
      const { type, reason, errors } = await rest.addIntegration(domain, steps)
      assert.deepEqual(
        { type, reason, errors },
        { type: 'create_entry', reason: undefined, errors: undefined },
      )
    })

  const mine = async () =>
    (await house.ask('config/entity_registry/list')).filter(({ platform }) => platform === domain)
  const entity = await until(
    'the media player',
    async () => (await mine()).find(({ unique_id: one }) => /_kitchen$|_media_player$/.test(one)),
    30_000,
    mine,
  )
  const id = entity.entity_id
  const shown = () => rest.state(id)
  const act = (verb, fields) => rest.act(`media_player.${verb}`, id, fields)
  /** Both the agent and the media player. */
  const both = (what, ofAgent, ofPlayer) =>
    until(
      what,
      async () => ofAgent(ear.json('state')) && ofPlayer(await shown(), ear.json('state')),
      15_000,
      async () => [ear.json('state'), await shown(), ear.json('result')],
    )
  const isShown = ({ state, attributes: shows }, said) =>
    state === said.state &&
    shows.media_title === said.media_title &&
    shows.media_artist === said.media_artist &&
    shows.media_album_name === said.media_album_name &&
    shows.media_duration === said.media_duration &&
    shows.is_volume_muted === said.muted &&
    isNear(shows.volume_level, said.volume)

  const catalog = await sandbox.call('GET', '/control/catalog')
  const of = (wanted) => catalog.find((one) => one.id === wanted)
  const long = catalog.filter(
    ({ kind, holds }) =>
      kind === 'album' && holds.length >= 6 && holds.every((one) => of(one).durationSeconds > 60),
  )
  const album = long[0]
  const other = long.find(({ artist }) => artist !== album.artist)
  const plays = (title) =>
    both(
      title,
      (said) => said.state === 'playing' && said.media_title === title,
      (player, said) => isShown(player, said),
    )

  await must('it is idle', () =>
    both(
      'idle',
      ({ state }) => state === 'idle',
      ({ state }) => state === 'idle',
    ),
  )
  await must(
    'what it is given is played, and shown with title, artist, album, duration, volume',
    async () => {
      await act('play_media', { media_content_type: 'music', media_content_id: album.mrn })
      await plays(of(album.holds[0]).title)
    },
  )
  const picture = async () => {
    const { entity_picture: path } = (await shown()).attributes
    return path === undefined ? Buffer.alloc(0) : rest.file(path)
  }
  const showsCover = () =>
    until('the cover', async () => ear.bytes('cover') && (await picture()).equals(ear.bytes('cover')), 15_000)
  const moment = async () => (await shown()).attributes.media_position_updated_at
  if (!lacks.includes('cover')) await must('its cover', showsCover)
  await must('next, with its position, and previous', async () => {
    const before = await moment()
    await sleep(2_000)
    await act('media_next_track')
    await plays(of(album.holds[1]).title)
    assert.equal((await shown()).attributes.media_position, 0)
    if (!lacks.includes('moment'))
      await until('the moment of the position', async () => (await moment()) !== before, 5_000, moment)
    await act('media_previous_track')
    await plays(of(album.holds[0]).title)
  })
  await must('pause and play', async () => {
    for (const [verb, state] of [
      ['media_pause', 'paused'],
      ['media_play', 'playing'],
      ['media_play_pause', 'paused'],
      ['media_play_pause', 'playing'],
    ]) {
      await act(verb)
      await both(`${verb}: ${state}`, (said) => said.state === state, isShown)
    }
  })
  await must('volume and mute, from here and from elsewhere', async () => {
    const level = (wanted) => both(`volume ${wanted}`, ({ volume }) => volume === wanted, isShown)
    await act('volume_set', { volume_level: 0.42 })
    await level(42)
    await act('volume_up')
    await both('louder', ({ volume }) => volume > 42, isShown)
    await act('volume_down')
    await level(42)
    await ear.send('set/volume', '30')
    await level(30)
    for (const isOn of [true, false]) {
      const muted = () => both(`muted ${isOn}`, (said) => said.muted === isOn, isShown)
      await act('volume_mute', { is_volume_muted: isOn })
      await muted()
      await ear.send('set/muted', isOn ? 'OFF' : 'ON')
      await both('muted elsewhere', (said) => said.muted !== isOn, isShown)
      await ear.send('set/muted', isOn ? 'ON' : 'OFF')
      await muted()
    }
  })
  const can = async (feature) => ((await shown()).attributes.supported_features & features[feature]) > 0
  if (await can('seek'))
    await must('seek', async () => {
      await act('media_seek', { seek_position: 40 })
      const isThere = (position) => position >= 40 && position <= 42
      await both(
        '40 s',
        ({ media_position: position }) => isThere(position),
        ({ attributes }) => isThere(attributes.media_position),
      )
    })
  if (await can('shuffle'))
    await must('shuffle', async () => {
      for (const isOn of [true, false]) {
        await act('shuffle_set', { shuffle: isOn })
        await both(
          `shuffle ${isOn}`,
          ({ shuffle }) => shuffle === isOn,
          ({ attributes }) => attributes.shuffle === isOn,
        )
      }
    })
  if (await can('repeat'))
    await must('repeat', async () => {
      for (const mode of ['all', 'off']) {
        await act('repeat_set', { repeat: mode })
        await both(
          `repeat ${mode}`,
          ({ repeat }) => repeat === mode,
          ({ attributes }) => attributes.repeat === mode,
        )
      }
    })
  await must('a preset, of another album', async () => {
    await ear.send('request/preset_save', JSON.stringify({ name: 'Morning', play: { id: other.mrn } }))
    // The announcement follows two seconds after the one before.
    await sleep(5_000)
    if (await can('selectSource')) {
      assert.deepEqual((await shown()).attributes.source_list, ['Morning'])
      await act('select_source', { source: 'Morning' })
    } else await ear.send('set/preset', 'Morning')
    await both(
      'Morning',
      ({ preset, media_album_name: name }) => preset === 'Morning' && name === other.title,
      (player, said) =>
        isShown(player, said) && (lacks.includes('source') || player.attributes.source === 'Morning'),
    )
    if (!lacks.includes('cover')) await showsCover()
  })
  await must('words are searched for', async () => {
    await act('play_media', { media_content_type: 'music', media_content_id: album.title })
    await both('found', ({ state, preset }) => state === 'playing' && preset === null, isShown)
  })
  await must('stop', async () => {
    await ((await can('stop')) ? act('media_stop') : ear.send('command', 'stop'))
    await both(
      'idle',
      ({ state }) => state === 'idle',
      ({ state, attributes }) => state === 'idle' && !attributes.media_title && !attributes.media_duration,
    )
  })
  await must('a restart of Home Assistant', async () => {
    await act('play_media', { media_content_type: 'music', media_content_id: album.mrn })
    await plays(of(album.holds[0]).title)
    await house.restartHomeAssistant()
    await both('all is back', ({ state }) => state === 'playing', isShown)
    await act('media_pause')
    await both('paused', ({ state }) => state === 'paused', isShown)
    assert.ok((await mine()).some((one) => one.id === entity.id && one.entity_id === id))
  })
  await must('kill -9, and the next start', async () => {
    house.killAgent()
    const isGone = ({ state }) => ['unavailable', 'off'].includes(state)
    await until('it is gone', async () => isGone(await shown()), 90_000, shown)
    house.startAgent(settings)
    await until('online', () => ear.text('availability') === 'online')
    await both('it is back', ({ state }) => ['idle', 'paused', 'playing'].includes(state), isBack)
  })
  await must('Home Assistant has nothing to say against what it is told', () => {
    const complaints = mqttComplaints(house.log()).filter((entry) => !isItsOwn(entry))
    assert.deepEqual(complaints, [])
  })
}

function isBack({ state }, said) {
  return state === said.state
}

function isNear(level, volume) {
  return Math.abs(level - volume / 100) < 0.001
}

/** Whatever it is told: that nobody has tested it, and that it calls Home Assistant in ways that are going or gone. */
function isItsOwn(entry) {
  return [
    /We found a custom integration \w+ which has not been tested/,
    /Detected that custom integration '\w+' (calls|accesses) /,
    /Error processing MQTT discovery[^]*'MqttServiceInfo' object is not subscriptable/,
  ].some((own) => own.test(entry))
}
