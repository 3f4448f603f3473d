import { until } from '../lib/until.mjs'

const id = 'media_player.kitchen'

/**
 * The media player whose YAML stands in docs/home-assistant.md.
 *
 * @param {Awaited<ReturnType<import('./house.mjs').openHouse>>} house
 * @param {(what: string, prove: () => Promise<void>) => Promise<void>} must
 */
export async function mediaPlayer(house, must) {
  const { ear, rest, sandbox } = house
  const act = (verb, fields) => rest.act(`media_player.${verb}`, id, fields)
  /** Both the agent and the media player. */
  const both = (what, ofAgent, ofPlayer) =>
    until(
      what,
      async () => ofAgent(ear.json('state')) && ofPlayer(await rest.state(id)),
      30_000,
      async () => [ear.json('state'), await rest.state(id)],
    )

  await must('the media player of the docs plays, pauses and skips', async () => {
    const catalog = await sandbox.call('GET', '/control/catalog')
    const album = catalog.findLast(({ kind, holds }) => kind === 'album' && holds.length >= 6)
    const titles = album.holds.map((held) => catalog.find((one) => one.id === held).title)
    const plays = (title) =>
      both(
        title,
        (state) => state.media_title === title,
        ({ state }) => state === 'playing',
      )
    await act('play_media', { media_content_type: 'music', media_content_id: album.mrn })
    await plays(titles[0])
    await act('media_next_track')
    await plays(titles[1])
    await act('media_previous_track')
    await plays(titles[0])
    for (const [verb, state] of [
      ['media_pause', 'paused'],
      ['media_play', 'playing'],
      ['media_play_pause', 'paused'],
      ['media_play_pause', 'playing'],
      ['media_stop', 'idle'],
      ['media_play', 'playing'],
    ]) {
      await act(verb)
      await both(
        `${verb}: ${state}`,
        (now) => now.state === state,
        (now) => now.state === state,
      )
    }
  })
  await must('its volume, mute, shuffle, repeat and sources', async () => {
    const shows = (key, value, name, shown) =>
      both(
        `${key} ${value}`,
        (state) => state[key] === value,
        ({ attributes }) => attributes[name] === shown,
      )
    await act('volume_set', { volume_level: 0.42 })
    await shows('volume', 42, 'volume_level', 0.42)
    await act('volume_up')
    await shows('volume', 47, 'volume_level', 0.47)
    await act('volume_down')
    await shows('volume', 42, 'volume_level', 0.42)
    for (const isOn of [true, false]) {
      await act('volume_mute', { is_volume_muted: isOn })
      await shows('muted', isOn, 'is_volume_muted', isOn)
      await act('shuffle_set', { shuffle: isOn })
      await shows('shuffle', isOn, 'shuffle', isOn)
      await act('repeat_set', { repeat: isOn ? 'all' : 'off' })
      await shows('repeat', isOn ? 'all' : 'off', 'repeat', isOn ? 'all' : 'off')
    }
    const { source_list: sources } = (await rest.state(id)).attributes
    await act('select_source', { source: sources[0] })
    await shows('preset', sources[0], 'source', sources[0])
  })
}
