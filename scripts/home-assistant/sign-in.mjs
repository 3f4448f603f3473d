import assert from 'node:assert/strict'

import { deviceOf, triggersOf } from './device.mjs'
import { discover } from './discover.mjs'
import { pictureOf } from './picture.mjs'
import { readQr } from './qr.mjs'
import { until } from '../lib/until.mjs'

/** The first start of an agent that was never signed in. */
/**
 * @param {Awaited<ReturnType<import('./house.mjs').openHouse>>} house
 * @param {(what: string, prove: () => Promise<void>) => Promise<void>} must
 * @param {Awaited<ReturnType<import('./screen.mjs').openScreen>>} screen
 */
export async function signIn(house, must, screen) {
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
