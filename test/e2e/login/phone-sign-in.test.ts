import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'

import { noBrowser, openBrowser, type Page, type Screen } from '../../support/screen/browser.ts'
import { makeHome, prefix, type Home } from '../../support/built-agent.ts'
import { noMosquitto } from '../../support/mqtt/mosquitto.ts'
import { readQr, withoutQrReader } from '../../support/screen/qr-reader.ts'
import { darkGround, terminalPicture } from '../../support/screen/terminal-picture.ts'
import { columns, startInTerminal, type AgentInTerminal } from '../../support/screen/terminal.ts'
import { legibility } from '../../support/screen/legibility.ts'

const skip = noMosquitto || withoutQrReader || noBrowser
const decided = `document.querySelector('form') === null`
const complained = `document.querySelector('[role=alert]') !== null`
const asksConsent = `document.querySelector('[value=allow]') !== null`

test('a phone scans the terminal: a wrong and an old code, Deny, and at last Allow', { skip }, async (t) => {
  const home = await makeHome(t)
  const [page, terminal] = [await openBrowser(t), startInTerminal(t, home)]

  const first = await scan(t, terminal)
  await page.open(first)
  await isLegible(page)
  assert.equal(await page.look('document.documentElement.lang'), 'en')
  assert.equal(await page.look(`document.querySelector('.code').textContent`), codeIn(first))

  // Somebody without a camera types it, and not at once what is on the screen.
  await page.open(first.replace(/\?.*/, ''))
  await isLegible(page)
  await page.type('nosuch')
  await page.tap('button', complained)
  await isLegible(page)
  assert.match(await page.look('document.body.innerText'), /not known/)
  const code = codeIn(first)
  await page.tap('input[type=text]', `document.activeElement.name === 'cbl-code'`)
  await page.type(`${code.slice(0, 3)}-${code.slice(3)}`.toLowerCase())
  await page.tap('button', asksConsent)
  assert.equal(await page.look(`document.querySelector('.code').textContent`), code)

  home.sandbox.control.expireCodes()
  await page.tap('[value=allow]', complained)
  await isLegible(page)
  assert.match(await page.look('document.body.innerText'), /expired/)
  await home.client.next(`${prefix}/event`, ({ text }) => text.includes('login_expired'))

  const second = await scan(t, terminal)
  assert.notEqual(second, first)
  await page.open(second)
  await page.tap('[value=deny]', decided)
  await isLegible(page)
  assert.match(await page.look('document.body.innerText'), /You said no/)
  await home.client.next(`${prefix}/login`, ({ text }) => text.includes('waiting_for_user_action'))

  assert.equal((await home.ask('command', 'login')).status, 'ok')
  await page.open(await scan(t, terminal))
  await page.tap('[value=allow]', decided)
  await isLegible(page)
  assert.match(await page.look('document.body.innerText'), /Success/)
  await isSignedIn(home)
})

test('a German device, on a small phone in the dark', { skip }, async (t) => {
  const home = await makeHome(t)
  const [page, terminal] = [await openBrowser(t), startInTerminal(t, home, { A2M_LOCALE: 'de-DE' })]
  const small: Screen = { width: 320, height: 568, scheme: 'dark', language: 'de-DE' }

  const link = await scan(t, terminal)
  await page.open(link.replace(/\?.*/, ''), small)
  await page.type('nosuch')
  await page.tap('button', complained)
  await isLegible(page)
  await page.open(link, small)
  await isLegible(page)
  assert.equal(await page.look('document.documentElement.lang'), 'de')
  await page.tap('[value=allow]', decided)
  await isLegible(page)
  assert.match(await page.look('document.body.innerText'), /Geschafft/)
  await isSignedIn(home)
})

/** What the camera reads from the terminal: the address of the page. */
async function scan(t: TestContext, terminal: AgentInTerminal): Promise<string> {
  const link = await readQr(t, terminalPicture(await terminal.nextSignIn(), darkGround, columns))
  assert.ok(link !== undefined, 'the code in the terminal cannot be read')
  return link
}

function codeIn(link: string): string {
  return new URL(link).searchParams.get('cbl-code') ?? ''
}

async function isLegible(page: Page): Promise<void> {
  assert.deepEqual(await page.look(legibility), [], await page.look('document.body.innerText'))
}

async function isSignedIn(home: Home): Promise<void> {
  await home.client.next(`${prefix}/account`, ({ text }) => text.includes('"state":"signed_in"'))
}
