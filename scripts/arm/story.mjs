import assert from 'node:assert/strict'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { readQr } from '../home-assistant/qr.mjs'
import { until } from '../lib/until.mjs'
import { root } from '../lib/root.mjs'

/**
 * One life of the agent on an emulated machine.
 *
 * @param {import('./place.mjs').Place} place
 * @param {import('../lib/must.mjs').Must} must
 * @param {string} version of the agent
 */
export async function story(place, must, version) {
  const { machine, ear, sandbox } = place
  const state = () => ear.json('state')
  const account = () => ear.json('account')
  const session = async () =>
    (await sandbox.call('GET', '/control/sessions')).findLast((one) => one.state === 'live')
  const plays = (title) =>
    until(
      `${title} plays`,
      async () => (await session())?.playing === title && state()?.media_title === title,
      60_000,
      state,
    )
  const album = (await sandbox.call('GET', '/control/catalog')).find(
    ({ kind, holds }) => kind === 'album' && holds.length >= 3,
  )
  const titles = await titlesOf(album, sandbox)

  await must('--version', async () => {
    const { code, said } = await place.ran(['--version'])
    assert.deepEqual([code, said.trim()], [0, version])
    const [arch, node] = (await place.evaluated('process.arch + " " + process.version')).split(' ')
    assert.equal(arch, machine.arch)
    return `${version} on Node ${node}`
  })
  await must('check finds all in order', async () => {
    const { code, said } = await place.ran(['check'])
    assert.equal(code, 0, said)
    assert.doesNotMatch(said, /FAIL/)
  })
  await must('doctor writes its page', async () => {
    const { said } = await place.ran(['doctor'])
    const lines = said.split('\n').filter((line) => /^ {4}FAIL/.test(line))
    assert.match(said, /# amazonmusic2mqtt doctor/)
    assert.match(said, new RegExp(`kernel .*\\b${machine.arch}\\b`))
    // Nobody has signed in yet, and no service runs here.
    assert.deepEqual(lines, [])
  })
  await must('spawn to online', async () => `${Math.round(await place.start())} ms, emulated`)
  await must(
    'the QR code can be scanned, stands at the login prompt, and its address is in the log',
    async () => {
      const address = await until('a code', () => ear.json('login')?.verification_uri_complete, 60_000)
      const picture = await until('its picture', () => ear.bytes('login/qr'))
      assert.equal(readQr(picture), address)
      assert.ok(place.said().includes(ear.json('login').user_code), place.said())
      assert.match(place.prompt(), /[█▀▄]{5}/)
    },
  )
  await must('once the user agrees it is signed in', async () => {
    await sandbox.call('POST', '/control/codes/approve', { userCode: ear.json('login').user_code })
    await until('signed in', () => account()?.state === 'signed_in', 60_000, account)
  })
  await must('it plays', async () => {
    await ear.send('request/play', JSON.stringify({ id: album.mrn }))
    await plays(titles[0])
    return titles[0]
  })
  await must('next', async () => {
    await ear.send('command', 'next')
    await plays(titles[1])
  })
  await must('pause, and on again', async () => {
    await ear.send('command', 'pause')
    await until('paused', () => state().state === 'paused', 60_000, state)
    await ear.send('command', 'play')
    await until('playing', () => state().state === 'playing', 60_000, state)
  })
  await must('volume', async () => {
    await ear.send('set/volume', '35')
    await until('35', () => state().volume === 35, 60_000, state)
  })
  await must('a token that has died is renewed, and what needed it goes through', async () => {
    const before = account().refreshed_at
    await sandbox.call('POST', '/control/tokens/expire', {})
    await ear.send('command', 'next')
    await until(
      'another token',
      () => ![undefined, before].includes(account()?.refreshed_at),
      30_000,
      account,
    )
    await plays(titles[2])
  })
  await must('SIGTERM ends it, offline', async () => {
    const { code, ms } = await place.stop()
    assert.equal(code, 0, place.said())
    await until('offline', () => ear.text('availability') === 'offline', 5_000)
    return `${Math.round(ms)} ms`
  })
  await must('started again it is signed in from what it stored', async () => {
    ear.forget()
    const player = [process.execPath, join(root, 'scripts/reference-player.mjs')]
    const tookMs = await place.start({
      A2M_PLAYER: 'command',
      A2M_PLAYER_COMMAND: JSON.stringify(player),
    })
    await until('signed in', () => account()?.state === 'signed_in', 60_000, account)
    assert.equal(ear.json('login').state, 'idle')
    return `online after ${Math.round(tookMs)} ms, emulated`
  })
  await must(
    "it starts a maker's player, here one on this machine's own Node, and hears from it",
    async () => {
      await ear.send('request/play', JSON.stringify({ id: album.mrn }))
      await plays(titles[0])
      // Where it stands is the player's word, in whole seconds.
      await sleep(3_000)
      await ear.send('command', 'pause')
      await until('a position', () => state().state === 'paused' && state().media_position > 0, 60_000, state)
      const { code } = await place.stop()
      assert.equal(code, 0, place.said())
    },
  )
}

async function titlesOf({ holds }, sandbox) {
  const catalog = await sandbox.call('GET', '/control/catalog')
  return holds.map((id) => catalog.find((one) => one.id === id).title)
}
