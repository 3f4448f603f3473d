import assert from 'node:assert/strict'
import { test } from 'node:test'

import { makeHome, prefix } from '../../support/built-agent.ts'
import { noMosquitto } from '../../support/mqtt/mosquitto.ts'
import { readQr, withoutQrReader } from '../../support/screen/qr-reader.ts'
import { darkGround, lightGround, terminalPicture } from '../../support/screen/terminal-picture.ts'
import { columns, startInTerminal } from '../../support/screen/terminal.ts'

test(
  'what the built agent prints in a terminal, and the PNG on login/qr, read as the very URL of the sign-in page',
  { skip: noMosquitto || withoutQrReader },
  async (t) => {
    const home = await makeHome(t)
    const terminal = startInTerminal(t, home)
    const screen = await terminal.nextSignIn()

    const { text } = await home.client.next(`${prefix}/login`, (message) =>
      message.text.includes('awaiting_user'),
    )
    const login = JSON.parse(text) as Record<string, string>
    for (const ground of [darkGround, lightGround]) {
      assert.equal(
        await readQr(t, terminalPicture(screen, ground, columns)),
        login['verification_uri_complete'],
      )
    }
    assert.ok(screen.includes(login['verification_uri'] ?? '?'), 'the URL stands beside it')
    assert.ok(screen.includes(login['user_code'] ?? '?'), 'and so does the code')

    const { payload } = await home.client.next(`${prefix}/login/qr`, (message) => message.payload.length > 0)
    assert.equal(await readQr(t, payload), login['verification_uri_complete'])

    home.sandbox.control.approve()
    await home.client.next(`${prefix}/login/qr`, (message) => message.payload.length === 0)
    await home.client.next(`${prefix}/login/status`, (message) => message.text === 'idle')
    terminal.type('\u0003')
    assert.equal(await terminal.ended(), 0, 'Ctrl-C ends it')
  },
)
